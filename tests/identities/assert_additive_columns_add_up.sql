-- What the YAML says may be summed (`config.meta.additive`) comes to France: where
-- nothing is to be held, by a naive sum; else by departments, within what is named.
-- depends_on: {{ ref('fct_revision_summary') }}
-- depends_on: {{ ref('fct_trade_flows') }}
-- depends_on: {{ ref('fct_trade_balances') }}
-- depends_on: {{ ref('fct_territory_quarters') }}
-- depends_on: {{ ref('fct_rankings') }}
-- depends_on: {{ ref('trade_labelled') }}
{%- set parts = [] %}
{%- for node in graph.nodes.values() if execute and node.resource_type == 'model' %}
{%- for column in node.columns.values() if column.config.meta.get('additive') %}
{%- do require_dependence([node.name]) %}
{%- set within = column.config.meta.get('within') or [] %}
{%- set is_finest = 'territory_level' not in node.columns %}
{%- set level = "'department'" if is_finest else 'territory_level' %}
{%- set held = within | reject('equalto', 'territory_level') | list %}
{%- set part %}
    select
        '{{ node.name }}.{{ column.name }}' as summed,
        year,
        {{ 'flow' if 'flow' in node.columns else "''" }} as flow,
        {{ held | join(" || ' ' || ") if held else "''" }} as held,
        cast({{ level }} as string) as territory_level,
        sum({{ column.name }}) as total
    from {{ node.relation_name }}
    group by all
{%- if is_finest %}
    union all
    select
        '{{ node.name }}.{{ column.name }}' as summed,
        year,
        flow,
        '' as held,
        'country' as territory_level,
        {%- if column.name == 'mass_kg' %}
        sum(mass_kg) as total
    from {{ ref('fct_trade_flows') }}
    group by year, flow
        {%- else %}
        sum(
            case
                when '{{ column.name }}' like flow || '_eur' then value_eur
                when '{{ column.name }}' = 'value_eur' then value_eur
                else 0
            end
        ) as total
    from national
    group by year, flow
        {%- endif %}
{%- endif %}
{%- endset %}
{%- do parts.append(part) %}
{%- endfor %}
{%- endfor %}

with national as (
    {%- for flow in ['import', 'export'] %}
    select
        year,
        '{{ flow }}' as flow,
        {{ flow }}_eur as value_eur
    from {{ ref('fct_territory_totals') }}
    where territory_level = 'country'
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

sums as (
{{ parts | join('\n    union all') or "select '' as summed, 0 as year, '' as flow, '' as held, 'country' as territory_level, 0 as total" }}
)

select
    summed,
    year,
    flow,
    held,
    sum(total) filter (where territory_level = 'department') as of_departments,
    sum(total) filter (where territory_level = 'country') as of_france
from sums
group by all
having
    coalesce(sum(total) filter (where territory_level = 'department'), 0)
    <> coalesce(sum(total) filter (where territory_level = 'country'), 0)
