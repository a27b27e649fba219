{{ config(materialized='table') }}

with delivered as (
    select * from {{ ref('int_periods_delivered') }}
),

known as (
    select
        *,
        row_number() over (
            partition by flow, year, quarter
            order by vintage nulls last
        ) as delivery_number,
        lead(vintage) over (
            partition by flow, year, quarter
            order by vintage nulls last
        ) as next_vintage,
        count(*) over (partition by flow, year, quarter) as deliveries
    from delivered
)

select
    flow,
    year,
    quarter,
    file_id,
    vintage,
    next_vintage,
    delivery_number,
    deliveries,
    -- A file that is moved to another vintage tells another history.
    md5(vintage || '/' || file_sha256) as file_sha256
from known
where deliveries > 1
