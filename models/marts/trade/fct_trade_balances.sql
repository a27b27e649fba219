{{ keyed_by('int_periods_selected', ['year']) }}

with flows as (
    select * from {{ ref('int_flows_rolled_up') }}
    where {{ is_stale() }}
),

years as (
    select * from {{ ref('int_years_covered') }}
),

summed as (
    select
        year,
        territory_level,
        territory_code,
        country_code,
        count(*) filter (where flow = 'import') > 0 as has_imports,
        count(*) filter (where flow = 'export') > 0 as has_exports,
        cast(coalesce(
            sum(value_eur) filter (where flow = 'import'), 0
        ) as bigint) as import_eur,
        cast(coalesce(
            sum(value_eur) filter (where flow = 'export'), 0
        ) as bigint) as export_eur
    from flows
    group by year, territory_level, territory_code, country_code
)

select
    summed.year,
    cast(summed.territory_level as string) as territory_level,
    cast(summed.territory_code as string) as territory_code,
    cast(summed.country_code as string) as country_code,
    summed.import_eur,
    summed.export_eur,
    {{ value_status(
        'summed.import_eur', 'summed.has_imports', 'years.import_quarters'
    ) }} as import_status,
    {{ value_status(
        'summed.export_eur', 'summed.has_exports', 'years.export_quarters'
    ) }} as export_status,
    {{ balance_eur(
        'summed.import_eur', 'summed.export_eur', 'years.has_both_flows'
    ) }} as balance_eur,
    {{ coverage_ratio(
        'summed.import_eur', 'summed.export_eur', 'years.has_both_flows'
    ) }} as coverage_ratio
from summed
inner join years
    on summed.year = years.year
