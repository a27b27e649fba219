with totals as (
    select * from {{ ref('int_totals_by_flow') }}
),

territories as (
    select * from {{ ref('dim_territory') }}
),

years as (
    select * from {{ ref('int_years_covered') }}
),

compared as (
    select
        totals.year,
        totals.territory_level,
        totals.territory_code,
        totals.flow,
        totals.value_eur,
        territories.region_code,
        -- Nobody is ranked in a year of uneven flows.
        years.has_both_flows and territories.is_ranked as has_rank,
        region_totals.value_eur as region_eur,
        france_totals.value_eur as france_eur
    from totals
    inner join territories
        on totals.territory_code = territories.territory_code
    inner join years
        on totals.year = years.year
    left join totals as region_totals
        on
            territories.region_code = region_totals.territory_code
            and totals.year = region_totals.year
            and totals.flow = region_totals.flow
    inner join totals as france_totals
        on
            france_totals.territory_level = 'country'
            and totals.year = france_totals.year
            and totals.flow = france_totals.flow
)

select
    year,
    territory_level,
    territory_code,
    flow,
    value_eur,
    region_eur,
    {{ share('value_eur', 'region_eur') }} as region_share,
    france_eur,
    {{ share('value_eur', 'france_eur') }} as france_share,
    case when has_rank and region_code is not null then cast(row_number() over (
        partition by year, flow, region_code, has_rank
        order by value_eur desc nulls last, territory_code nulls last
    ) as integer) end as rank_in_region,
    case when has_rank then cast(row_number() over (
        partition by year, flow, territory_level, has_rank
        order by value_eur desc nulls last, territory_code nulls last
    ) as integer) end as rank_in_france
from compared
