with lines as (
    select * from {{ ref('stg_customs__lines') }}
),

files as (
    select * from {{ ref('stg_customs__files') }}
),

periods as (
    select * from {{ ref('int_periods_selected') }}
),

selected as (
    select lines.*
    from lines
    inner join files
        on
            lines.vintage = files.vintage
            and lines.source_file = files.source_file
            and not files.is_repeated
    inner join periods
        on
            lines.flow = periods.flow
            and lines.year = periods.year
            and lines.quarter = periods.quarter
            and files.vintage = periods.vintage
            and files.file_kind = periods.file_kind
)

select * from selected
