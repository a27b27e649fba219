{%- if uses_customs_dir() and execute %}

with raw_lines as (
    {{ customs_raw_lines(with_line_number=true) }}
),

{%- else %}

{#- The sample is a seed, and a seed with a malformed line is refused whole. #}
with raw_lines as (
    select
        cast(null as varchar) as vintage,
        cast(null as varchar) as source_file,
        cast(null as bigint) as line_number,
        cast(null as varchar) as raw_line
    where false
),

{%- endif %}

rejected as (
    select
        vintage,
        source_file,
        line_number,
        raw_line,
        {{ customs_line_reason('raw_line') }} as reason
    from raw_lines
)

select * from rejected
where reason is not null
