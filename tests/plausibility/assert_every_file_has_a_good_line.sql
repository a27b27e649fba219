-- Every file holds at least one well-formed line: one that holds none, an empty
-- one too, is a wrong file or a failed download. Take it out of the folder.
{%- set without -%}
    file_id not in (
        select summed.file_id from {{ ref('int_files_summed') }} as summed
    )
{%- endset %}
with files as (
    select * from {{ ref('stg_customs__files') }}
),

-- Read again, not from rejected_lines: this must stop a build before it.
malformed as (
    {{ customs_malformed_lines(
        ref('stg_customs__files'),
        without if load_relation(ref('int_files_summed')) else 'false'
    ) }}
),

first_lines as (
    select
        file_id,
        line_number,
        left(raw_line, 100) as first_line,
        {{ customs_line_reason('raw_line') }} as reason
    from malformed
    where line_number <= 2
)

select
    files.vintage,
    files.source_file,
    files.line_count,
    first_lines.first_line,
    first_lines.reason
from files
left join first_lines
    on
        files.file_id = first_lines.file_id
        and first_lines.line_number = files.header_lines + 1
where files.{{ without }}
