with lines as (
    select * from {{ ref('int_lines_selected') }}
),

departments as (
    select * from {{ ref('int_departments_completed') }}
),

placed as (
    select
        lines.year,
        lines.quarter,
        lines.flow,
        departments.territory_code,
        lines.product_code,
        lines.activity_code,
        lines.country_code,
        lines.value_eur,
        lines.mass_kg
    from lines
    inner join departments
        on lines.customs_department_code = departments.customs_code
)

select * from placed
