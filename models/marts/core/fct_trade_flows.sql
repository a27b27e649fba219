{{ config(materialized=view_or_files()) }}

with flows as (
    select * from {{ ref('int_flows_summed') }}
),

departments as (
    select * from {{ ref('int_departments_completed') }}
),

placed as (
    select
        flows.year,
        flows.quarter,
        {{ first_day_of_quarter('flows.year', 'flows.quarter') }}
            as period_start,
        cast(flows.flow as string) as flow,
        departments.territory_code,
        cast(flows.product_code as string) as product_code,
        flows.activity_code,
        cast(flows.country_code as string) as country_code,
        flows.value_eur,
        flows.mass_kg
    from flows
    inner join departments
        on flows.customs_department_code = departments.customs_code
)

select * from placed
