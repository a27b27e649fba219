with quarters as (
    select * from {{ ref('fct_territory_quarters') }}
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
    year,
    territory_level,
    territory_code,
    import_eur,
    export_eur,
    {{ balance_eur('import_eur', 'export_eur') }} as balance_eur,
    {{ coverage_ratio('import_eur', 'export_eur') }} as coverage_ratio,
    quarters_covered
from summed
