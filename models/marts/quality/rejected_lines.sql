{{ config(post_hook="{{ refuse_changed_files(ref('stg_customs__files')) }}") }}

{#- Only files with a malformed line are read again, to number their lines. -#}
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

malformed as (
    {{ customs_malformed_lines(
        ref('stg_customs__files'),
        incomplete if load_relation(ref('int_files_summed')) else 'false'
    ) }}
),

rejected as (
    select
        file_id,
        line_number,
        raw_line,
        {{ customs_line_reason('raw_line') }} as reason
    from malformed
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
where
    rejected.reason is not null
    and rejected.line_number > files.header_lines
