{{ config(materialized='table') }}

with flows as (
    select * from {{ ref('fct_trade_flows') }}
),

nested as (
    select * from {{ ref('int_departments_nested') }}
),

yearly as (
    select
        year,
        flow,
        territory_code,
        activity_code,
        product_code,
        country_code,
        sum(value_eur) as value_eur
    from flows
    group by all
),

rolled_up as (
    select
        yearly.year,
        nested.territory_level,
        nested.territory_code,
        yearly.flow,
        yearly.activity_code,
        yearly.product_code,
        yearly.country_code,
        cast(sum(yearly.value_eur) as bigint) as value_eur
    from yearly
    inner join nested
        on yearly.territory_code = nested.department_code
    group by all
)

select * from rolled_up
