{{ keyed_by('int_periods_selected', ['year', 'quarter']) }}

with lines as (
    select * from {{ ref('stg_customs__lines') }}
),

periods as (
    select * from {{ ref('int_periods_selected') }}
),

summed as (
    select
        lines.year,
        lines.quarter,
        lines.flow,
        lines.customs_department_code,
        lines.activity_code,
        lines.product_code,
        lines.country_code,
        cast(sum(lines.value_eur) as bigint) as value_eur,
        cast(sum(lines.mass_kg) as bigint) as mass_kg,
        cast(count(*) as integer) as line_count
    from lines
    inner join periods
        on
            lines.file_id = periods.file_id
            and lines.flow = periods.flow
            and lines.year = periods.year
            and lines.quarter = periods.quarter
    where {{ is_stale('lines') }}
    group by all
)

select * from summed
