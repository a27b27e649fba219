with published as (
    select * from {{ ref('int_vintages_rolled_up') }}
),

periods as (
    select * from {{ ref('int_periods_selected') }}
),

vintages as (
    select
        vintage,
        published_on,
        year,
        quarter,
        flow
    from published
    where territory_level = 'country'
),

territories as (
    select
        year,
        quarter,
        flow,
        territory_level,
        territory_code
    from published
    group by all
),

-- A territory that a later vintage leaves out is worth 0 in it.
completed as (
    select
        territories.year,
        territories.quarter,
        territories.flow,
        territories.territory_level,
        territories.territory_code,
        vintages.vintage,
        vintages.published_on,
        coalesce(published.value_eur, 0) as value_eur
    from territories
    inner join vintages
        on
            territories.year = vintages.year
            and territories.quarter = vintages.quarter
            and territories.flow = vintages.flow
    left join published
        on
            vintages.vintage = published.vintage
            and vintages.year = published.year
            and vintages.quarter = published.quarter
            and vintages.flow = published.flow
            and territories.territory_code = published.territory_code
),

compared as (
    select
        *,
        lag(vintage) over (
            partition by year, quarter, flow, territory_code
            order by vintage nulls last
        ) as previous_vintage,
        value_eur - lag(value_eur) over (
            partition by year, quarter, flow, territory_code
            order by vintage nulls last
        ) as change_from_previous_eur,
        value_eur - first_value(value_eur) over (
            partition by year, quarter, flow, territory_code
            order by vintage nulls last
        ) as change_from_first_eur
    from completed
)

select
    compared.year,
    compared.quarter,
    {{ first_day_of_quarter('compared.year', 'compared.quarter') }}
        as period_start,
    compared.flow,
    compared.territory_level,
    compared.territory_code,
    compared.vintage,
    compared.published_on,
    compared.value_eur,
    compared.previous_vintage,
    compared.change_from_previous_eur,
    compared.change_from_first_eur,
    coalesce(compared.vintage = periods.vintage, false) as is_current
from compared
left join periods
    on
        compared.year = periods.year
        and compared.quarter = periods.quarter
        and compared.flow = periods.flow
