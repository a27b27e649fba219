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
)

select
    published.year,
    published.territory_code,
    published.flow,
    published.scope,
    published.published_by,
    years.vintage,
    years.quarters,
    published.published_eur,
    published.half_unit_eur,
    coalesce(totals.value_eur, 0) as measured_eur,
    coalesce(totals.value_eur, 0) - published.published_eur as gap_eur,
    {{ change_ratio('coalesce(totals.value_eur, 0)', 'published.published_eur') }}
        as gap_ratio,
    abs(coalesce(totals.value_eur, 0) - published.published_eur)
    <= published.half_unit_eur as is_within_rounding
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
