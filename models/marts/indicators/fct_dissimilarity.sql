{#- Of the territory: its value in the activity and its whole; the same of
    France. -#}
{%- set versions = {
    'of_all': (
        'value_eur', 'total_eur', 'france_value_eur', 'france_total_eur'
    ),
    'without_energy': (
        'goods_eur',
        'total_goods_eur',
        'france_goods_eur',
        'france_total_goods_eur',
    ),
    'without_largest_cell': (
        'rest_eur', 'total_rest_eur', 'france_value_eur', 'france_total_eur'
    ),
} -%}

with totals as (
    select * from {{ ref('int_activity_totals_summed') }}
),

largest as (
    select * from {{ ref('int_largest_cells_selected') }}
),

-- All trade, all but energy, all but the largest cell of the territory.
-- France's shares stay those of all its trade in the last.
compared as (
    select
        totals.*,
        case when totals.is_energy then 0 else totals.value_eur end
            as goods_eur,
        totals.total_eur - totals.energy_eur as total_goods_eur,
        case when totals.is_energy then 0 else totals.france_value_eur end
            as france_goods_eur,
        totals.france_total_eur - totals.france_energy_eur
            as france_total_goods_eur,
        totals.value_eur
        - case
            when totals.activity_code = largest.activity_code
                then largest.value_eur
            else 0
        end as rest_eur,
        totals.total_eur - largest.value_eur as total_rest_eur
    from totals
    inner join largest
        on
            totals.year = largest.year
            and totals.territory_code = largest.territory_code
            and totals.flow = largest.flow
),

-- Products of amounts, which add up exactly: sums of doubles differ with the
-- order of rows. Activities that the territory lacks differ by France's whole
-- share.
measured as (
    select
        year,
        territory_level,
        territory_code,
        flow,
    {%- for version, (value, total, france, whole) in versions.items() %}
    sum(
        abs(
            {{ exact(value) }} * {{ whole }}
            - {{ exact(france) }} * {{ total }}
        )
        - {{ exact(france) }} * {{ total }}
    ) + max({{ exact(total) }} * {{ whole }})
        as gaps_{{ version }},
    max({{ exact(total) }} * {{ whole }}) as whole_{{ version }}
    {{- "," if not loop.last }}
    {%- endfor %}
    from compared
    group by all
)

select
    year,
    territory_level,
    territory_code,
    flow,
    {{ share('gaps_of_all', 'cast(2 * whole_of_all as double)') }}
        as krugman_half,
    {{ share(
        'gaps_without_energy', 'cast(2 * whole_without_energy as double)'
    ) }} as krugman_half_without_energy,
    {{ share(
        'gaps_without_largest_cell',
        'cast(2 * whole_without_largest_cell as double)'
    ) }} as krugman_half_without_largest_cell
from measured
