{{ config(materialized='table') }}

with lines as (
    select * from {{ ref('int_lines_placed') }}
),

nested as (
    select * from {{ ref('int_departments_nested') }}
),

-- Aggregated before the roll-up, which makes three rows of one.
by_department as (
    select
        year,
        flow,
        territory_code,
        activity_code,
        product_code,
        country_code,
        sum(value_eur) as value_eur
    from lines
    group by all
),

rolled_up as (
    select
        by_department.year,
        nested.territory_level,
        nested.territory_code,
        by_department.flow,
        by_department.activity_code,
        by_department.product_code,
        by_department.country_code,
        cast(sum(by_department.value_eur) as bigint) as value_eur
    from by_department
    inner join nested
        on by_department.territory_code = nested.department_code
    group by all
)

select * from rolled_up
