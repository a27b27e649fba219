with quarters as (
    select * from {{ ref('int_quarters_rolled_up') }}
),

years as (
    select * from {{ ref('int_years_covered') }}
),

measured as (
    select
        year,
        quarter,
        territory_level,
        territory_code,
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
    measured.territory_level,
    measured.territory_code,
    measured.import_eur,
    measured.export_eur,
    {{ balance_eur('measured.import_eur', 'measured.export_eur') }}
        as balance_eur,
    {{ coverage_ratio('measured.import_eur', 'measured.export_eur') }}
        as coverage_ratio,
    years.quarters_covered
from measured
inner join years
    on measured.year = years.year
