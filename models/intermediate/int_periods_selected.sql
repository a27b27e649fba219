{{ config(materialized='table') }}

with delivered as (
    select * from {{ ref('int_periods_delivered') }}
),

selected as (
    select *
    from delivered
    qualify
        row_number() over (
            partition by flow, year, quarter
            order by vintage desc nulls last
        ) = 1
)

select * from selected
