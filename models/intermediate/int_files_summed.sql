{{ keyed_by('stg_customs__files', ['file_id']) }}

with lines as (
    select * from {{ ref('stg_customs__lines') }}
),

summed as (
    select
        file_id,
        year,
        quarter,
        flow,
        customs_department_code,
        customs_region_code,
        count(*) as line_count,
        cast(sum(value_eur) as bigint) as value_eur
    from lines
    where {{ is_stale() }}
    group by all
)

select * from summed
