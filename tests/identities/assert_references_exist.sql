-- Every code of a fact or dimension is in the dimension whose key has its name
-- (`mart_references`). A view has the codes of its tables.
-- depends_on: {{ ref('dim_activity') }}
-- depends_on: {{ ref('dim_column') }}
-- depends_on: {{ ref('dim_country') }}
-- depends_on: {{ ref('dim_insee_territory') }}
-- depends_on: {{ ref('dim_mart') }}
-- depends_on: {{ ref('dim_partner_group_members') }}
-- depends_on: {{ ref('dim_product') }}
-- depends_on: {{ ref('dim_quarter') }}
-- depends_on: {{ ref('dim_territory') }}
-- depends_on: {{ ref('dim_territory_members') }}
-- depends_on: {{ ref('fct_balance_contributions') }}
-- depends_on: {{ ref('fct_concentration') }}
-- depends_on: {{ ref('fct_dissimilarity') }}
-- depends_on: {{ ref('fct_exposure') }}
-- depends_on: {{ ref('fct_exposure_by_activity') }}
-- depends_on: {{ ref('fct_growth_contributions') }}
-- depends_on: {{ ref('fct_import_dependence') }}
-- depends_on: {{ ref('fct_intra_industry') }}
-- depends_on: {{ ref('fct_intra_industry_by_activity') }}
-- depends_on: {{ ref('fct_rankings') }}
-- depends_on: {{ ref('fct_reconciliation') }}
-- depends_on: {{ ref('fct_reliability') }}
-- depends_on: {{ ref('fct_revision_summary') }}
-- depends_on: {{ ref('fct_revisions') }}
-- depends_on: {{ ref('fct_rolling_contributions') }}
-- depends_on: {{ ref('fct_rolling_year') }}
-- depends_on: {{ ref('fct_share_ratios') }}
-- depends_on: {{ ref('fct_specialisation') }}
-- depends_on: {{ ref('fct_tariff_exposure') }}
-- depends_on: {{ ref('fct_territory_quarters') }}
-- depends_on: {{ ref('fct_territory_totals') }}
-- depends_on: {{ ref('fct_trade_balances') }}
-- depends_on: {{ ref('fct_trade_flow_versions') }}
-- depends_on: {{ ref('fct_trade_flows') }}
-- depends_on: {{ ref('fct_unit_values') }}
-- depends_on: {{ ref('fct_us_duties') }}
-- depends_on: {{ ref('fct_year_to_date') }}
{%- set parts = [] %}
{%- for place, dimension in (mart_references() if execute else {}).items() %}
{%- set mart, column = place.split('.') %}
{%- set prefix = 'model.' ~ project_name ~ '.' %}
{%- if graph.nodes[prefix ~ mart].config.meta.get('published_as') != 'view' %}
{%- do require_dependence([mart, dimension]) %}
{%- set part %}
    select distinct
        '{{ place }}' as reference,
        cast({{ column }} as string) as code
    from {{ graph.nodes[prefix ~ mart].relation_name }}
    where
        {{ column }} is not null
        and {{ column }} not in (
            select {{ column }}
            from {{ graph.nodes[prefix ~ dimension].relation_name }}
        )
{%- endset %}
{%- do parts.append(part) %}
{%- endif %}
{%- endfor %}
{{ parts | join('\n    union all') or 'select null as reference where false' }}
