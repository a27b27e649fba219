with totals as (
    select * from {{ ref('int_activity_totals_summed') }}
),

largest as (
    select * from {{ ref('int_largest_cells_selected') }}
),

-- Three versions: all trade, all but energy, all but the largest cell of the
-- territory. France's shares stay those of all its trade in the last.
shared as (
    select
        totals.year,
        totals.territory_level,
        totals.territory_code,
        totals.flow,
        {{ share('totals.value_eur', 'totals.total_eur') }} as share_of_all,
        {{ share('totals.france_value_eur', 'totals.france_total_eur') }}
            as france_share_of_all,
        case
            when not totals.is_energy
                then {{ share(
                'totals.value_eur', '(totals.total_eur - totals.energy_eur)'
            ) }}
        end as share_without_energy,
        case
            when not totals.is_energy
                then {{ share(
                'totals.france_value_eur',
                '(totals.france_total_eur - totals.france_energy_eur)'
            ) }}
        end as france_share_without_energy,
        {{ share(
            '(totals.value_eur - case
                when totals.activity_code = largest.activity_code
                    then largest.value_eur
                else 0
            end)',
            '(totals.total_eur - largest.value_eur)'
        ) }} as share_without_largest_cell,
        {{ share('totals.france_value_eur', 'totals.france_total_eur') }}
            as france_share_without_largest_cell
    from totals
    inner join largest
        on
            totals.year = largest.year
            and totals.territory_code = largest.territory_code
            and totals.flow = largest.flow
),

-- Activities that the territory lacks differ by France's whole share.
measured as (
    select
        year,
        territory_level,
        territory_code,
        flow,
    {%- for version in ['of_all', 'without_energy', 'without_largest_cell'] %}
    -- Not below 0 by the rounding of doubles.
    greatest(0, (
        sum(abs(share_{{ version }} - france_share_{{ version }}))
        + 1 - sum(france_share_{{ version }})
        ) / 2) as krugman_half_{{ version }}
    {{- "," if not loop.last }}
    {%- endfor %}
    from shared
    group by all
)

select
    year,
    territory_level,
    territory_code,
    flow,
    krugman_half_of_all as krugman_half,
    krugman_half_without_energy,
    krugman_half_without_largest_cell
from measured
