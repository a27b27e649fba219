{{ config(
    materialized='keyed',
    keys_in='int_periods_selected',
    key_columns=['year'],
) }}

-- depends_on: {{ ref('int_periods_selected') }}
with flows as (
    select * from {{ ref('int_flows_rolled_up') }}
    where {{ is_stale() }}
),

summed as (
    select
        year,
        territory_level,
        territory_code,
        country_code,
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
    year,
    cast(territory_level as varchar) as territory_level,
    cast(territory_code as varchar) as territory_code,
    cast(country_code as varchar) as country_code,
    import_eur,
    export_eur,
    {{ balance_eur('import_eur', 'export_eur') }} as balance_eur,
    {{ coverage_ratio('import_eur', 'export_eur') }} as coverage_ratio
from summed
