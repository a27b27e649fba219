{{ config(post_hook="{{ refuse_changed_files(ref('stg_customs__files')) }}") }}

{#- Only files with a malformed line are read again, to number their lines. The
    sample has none: a seed with a malformed line is refused whole. -#}
{%- set incomplete -%}
    (file_id, line_count) not in (
        select
            summed.file_id,
            cast(sum(summed.line_count) as bigint)
        from {{ ref('int_files_summed') }} as summed
        group by summed.file_id
    )
{%- endset -%}
with files as (
    select * from {{ ref('stg_customs__files') }}
),

raw_lines as (
    {{ customs_raw_lines(
        customs_files_to_read(ref('stg_customs__files'), incomplete)
        if execute and load_relation(ref('int_files_summed')) else [],
        with_line_number=true
    ) }}
),

rejected as (
    select
        file_id,
        line_number,
        raw_line,
        {{ customs_line_reason('raw_line') }} as reason
    from raw_lines
)

select
    files.vintage,
    files.source_file,
    rejected.line_number,
    rejected.raw_line,
    rejected.reason
from rejected
inner join files
    on rejected.file_id = files.file_id
where rejected.reason is not null
