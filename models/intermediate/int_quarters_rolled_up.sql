{{ config(materialized='table') }}

with flows as (
    select * from {{ ref('fct_trade_flows') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

nested as (
    select * from {{ ref('int_departments_nested') }}
),

by_department as (
    select
        flows.year,
        flows.quarter,
        flows.territory_code,
        flows.flow,
        sum(flows.value_eur) as value_eur,
        -- A member in the last month of the quarter counts for the quarter.
        coalesce(sum(flows.value_eur) filter (
            where flows.year * 100 + flows.quarter * 3
            between countries.eu_member_from
            and coalesce(countries.eu_member_to, 999912)
        ), 0) as eu_value_eur
    from flows
    inner join countries
        on flows.country_code = countries.country_code
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
