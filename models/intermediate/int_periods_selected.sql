with lines as (
    select * from {{ ref('stg_customs__lines') }}
),

selected as (
    select
        flow,
        year,
        quarter,
        max(vintage) as vintage
    from lines
    group by flow, year, quarter
)

select * from selected
