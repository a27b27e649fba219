with published as (
    select * from {{ ref('stg_expectations__published_totals') }}
),

totals as (
    select * from {{ ref('int_totals_by_flow') }}
),

periods as (
    select * from {{ ref('int_periods_selected') }}
),

years as (
    select
        year,
        flow,
        max(vintage) as vintage,
        cast(count(*) as integer) as quarters
    from periods
    group by year, flow
),

measured as (
    select
        published.*,
        years.vintage,
        years.quarters,
        coalesce(totals.value_eur, 0) as measured_eur
    from published
    inner join years
        on
            published.year = years.year
            and published.flow = years.flow
    left join totals
        on
            published.year = totals.year
            and published.territory_code = totals.territory_code
            and published.flow = totals.flow
)

select
    year,
    territory_code,
    flow,
    scope,
    published_by,
    vintage,
    quarters,
    published_eur,
    half_unit_eur,
    measured_eur,
    measured_eur - published_eur as gap_eur,
    {{ change_ratio('measured_eur', 'published_eur') }} as gap_ratio,
    abs(measured_eur - published_eur) <= half_unit_eur as is_within_rounding
from measured
order by year, territory_code, flow
