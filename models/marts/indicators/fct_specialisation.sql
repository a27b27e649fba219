with totals as (
    select * from {{ ref('int_activity_totals_summed') }}
),

territories as (
    select * from {{ ref('dim_territory') }}
),

years as (
    select * from {{ ref('int_years_covered') }}
),

shared as (
    select
        totals.*,
        -- Not placed, not ranked; nor anybody in a year of uneven flows.
        territories.is_ranked and years.has_both_flows as has_rank,
        {{ share('totals.value_eur', 'totals.total_eur') }}
            as territory_share,
        {{ share('totals.france_value_eur', 'totals.france_total_eur') }}
            as france_share,
        {{ share(
            '(totals.france_value_eur - totals.value_eur)',
            '(totals.france_total_eur - totals.total_eur)'
        ) }} as rest_of_france_share,
        {{ share('totals.value_eur', 'totals.france_value_eur') }}
            as share_of_france,
        -- Null for energy itself.
        case
            when not totals.is_energy
                then {{ share(
                'totals.value_eur', '(totals.total_eur - totals.energy_eur)'
            ) }}
        end as territory_share_without_energy,
        case
            when not totals.is_energy
                then {{ share(
                'totals.france_value_eur',
                '(totals.france_total_eur - totals.france_energy_eur)'
            ) }}
        end as france_share_without_energy
    from totals
    inner join territories
        on totals.territory_code = territories.territory_code
    inner join years
        on totals.year = years.year
),

indexed as (
    select
        *,
        territory_share / nullif(france_share, 0) as specialisation_index
    from shared
)

select
    year,
    territory_level,
    territory_code,
    flow,
    activity_code,
    value_eur,
    territory_share,
    france_share,
    rest_of_france_share,
    specialisation_index,
    territory_share / nullif(rest_of_france_share, 0)
        as specialisation_index_rest,
    territory_share_without_energy / nullif(france_share_without_energy, 0)
        as specialisation_index_without_energy,
    (specialisation_index - 1) / (specialisation_index + 1)
        as symmetric_index,
    share_of_france,
    case when has_rank then cast(row_number() over (
        partition by year, flow, activity_code, territory_level, has_rank
        order by value_eur desc nulls last, territory_code nulls last
    ) as integer) end as rank_in_france
from indexed
