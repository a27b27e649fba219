with quarters as (
    select * from {{ ref('fct_territory_quarters') }}
),

years as (
    select * from {{ ref('int_years_covered') }}
),

summed as (
    select
        year,
        territory_level,
        territory_code,
        cast(sum(import_eur) as bigint) as import_eur,
        cast(sum(export_eur) as bigint) as export_eur,
        max(quarters_covered) as quarters_covered
    from quarters
    group by year, territory_level, territory_code
)

select
    summed.year,
    summed.territory_level,
    summed.territory_code,
    summed.import_eur,
    summed.export_eur,
    {{ balance_eur(
        'summed.import_eur', 'summed.export_eur', 'years.has_both_flows'
    ) }} as balance_eur,
    {{ coverage_ratio(
        'summed.import_eur', 'summed.export_eur', 'years.has_both_flows'
    ) }} as coverage_ratio,
    years.has_both_flows,
    summed.quarters_covered
from summed
inner join years
    on summed.year = years.year
