with lines as (
    select * from {{ ref('int_lines_selected') }}
),

departments as (
    select * from {{ ref('int_departments_completed') }}
),

flows as (
    select
        lines.year,
        lines.quarter,
        lines.flow,
        departments.territory_code,
        lines.product_code,
        lines.activity_code,
        lines.country_code,
        cast(sum(lines.value_eur) as bigint) as value_eur,
        cast(sum(lines.mass_kg) as bigint) as mass_kg
    from lines
    inner join departments
        on lines.customs_department_code = departments.customs_code
    group by all
)

select * from flows
