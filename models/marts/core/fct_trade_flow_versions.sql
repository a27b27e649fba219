{{ config(materialized=view_or_files()) }}

with versions as (
    select * from {{ ref('int_flow_versions_compared') }}
),

departments as (
    select * from {{ ref('int_departments_completed') }}
),

placed as (
    select
        versions.year,
        versions.quarter,
        {{ first_day_of_quarter('versions.year', 'versions.quarter') }}
            as period_start,
        cast(versions.flow as string) as flow,
        departments.territory_code,
        cast(versions.product_code as string) as product_code,
        versions.activity_code,
        cast(versions.country_code as string) as country_code,
        versions.known_from,
        versions.known_until,
        versions.value_eur,
        versions.mass_kg
    from versions
    inner join departments
        on versions.customs_department_code = departments.customs_code
)

select * from placed
