with lines as (
    select * from {{ ref('stg_customs__lines') }}
),

files as (
    select * from {{ ref('stg_customs__files') }}
),

delivered as (
    select
        lines.flow,
        lines.year,
        lines.quarter,
        lines.vintage,
        files.file_kind
    from lines
    inner join files
        on
            lines.vintage = files.vintage
            and lines.source_file = files.source_file
    {%- if var('as_of', '') %}
    where lines.vintage <= {{ text_literal(var('as_of')) }}
    {%- endif %}
    group by all
),

-- The latest vintage; inside it, the annual file rather than the rolling one:
-- never both, which would count the quarter twice.
selected as (
    select *
    from delivered
    qualify
        row_number() over (
            partition by flow, year, quarter
            order by vintage desc, file_kind
        ) = 1
)

select * from selected
