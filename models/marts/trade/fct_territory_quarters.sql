with quarters as (
    select * from {{ ref('int_quarters_rolled_up') }}
),

years as (
    select * from {{ ref('int_years_covered') }}
),

periods as (
    select
        year,
        quarter,
        cast(count(*) filter (where flow = 'import') as integer) as imports,
        cast(count(*) filter (where flow = 'export') as integer) as exports,
        count(*) = 2 as has_both_flows
    from {{ ref('int_periods_selected') }}
    group by year, quarter
),

measured as (
    select
        year,
        quarter,
        territory_level,
        territory_code,
        count(*) filter (where flow = 'import') > 0 as has_imports,
        count(*) filter (where flow = 'export') > 0 as has_exports,
        cast(coalesce(
            sum(value_eur) filter (where flow = 'import'), 0
        ) as bigint) as import_eur,
        cast(coalesce(
            sum(value_eur) filter (where flow = 'export'), 0
        ) as bigint) as export_eur
    from quarters
    group by year, quarter, territory_level, territory_code
)

select
    measured.year,
    measured.quarter,
    {{ first_day_of_quarter('measured.year', 'measured.quarter') }}
        as period_start,
    measured.territory_level,
    measured.territory_code,
    measured.import_eur,
    measured.export_eur,
    {{ value_status(
        'measured.import_eur', 'measured.has_imports', 'periods.imports', whole=1
    ) }} as import_status,
    {{ value_status(
        'measured.export_eur', 'measured.has_exports', 'periods.exports', whole=1
    ) }} as export_status,
    {{ balance_eur(
        'measured.import_eur', 'measured.export_eur', 'periods.has_both_flows'
    ) }} as balance_eur,
    {{ coverage_ratio(
        'measured.import_eur', 'measured.export_eur', 'periods.has_both_flows'
    ) }} as coverage_ratio,
    periods.has_both_flows,
    years.quarters_covered
from measured
inner join years
    on measured.year = years.year
inner join periods
    on measured.year = periods.year and measured.quarter = periods.quarter
