{{ config(materialized='table') }}

with lines as (
    select * from {{ ref('int_lines_placed') }}
),

countries as (
    select * from {{ ref('int_countries_completed') }}
),

nested as (
    select * from {{ ref('int_departments_nested') }}
),

by_department as (
    select
        lines.year,
        lines.quarter,
        lines.territory_code,
        lines.flow,
        sum(lines.value_eur) as value_eur,
        -- A member in the last month of the quarter counts for the quarter.
        coalesce(sum(lines.value_eur) filter (
            where lines.year * 100 + lines.quarter * 3
            between countries.eu_member_from
            and coalesce(countries.eu_member_to, 999912)
        ), 0) as eu_value_eur
    from lines
    inner join countries
        on lines.country_code = countries.country_code
    group by all
),

rolled_up as (
    select
        by_department.year,
        by_department.quarter,
        nested.territory_level,
        nested.territory_code,
        by_department.flow,
        cast(sum(by_department.value_eur) as bigint) as value_eur,
        cast(sum(by_department.eu_value_eur) as bigint) as eu_value_eur
    from by_department
    inner join nested
        on by_department.territory_code = nested.department_code
    group by all
)

select * from rolled_up
