-- Every file holds at least one well-formed line: one that holds none, an empty
-- one too, is a wrong file or a failed download. Take it out of the folder.
select
    files.vintage,
    files.source_file,
    files.line_count,
    rejected.raw_line as first_line,
    rejected.reason
from {{ ref('stg_customs__files') }} as files
left join {{ ref('rejected_lines') }} as rejected
    on
        files.vintage = rejected.vintage
        and files.source_file = rejected.source_file
        and rejected.line_number = 1
where
    files.file_id not in (
        select summed.file_id from {{ ref('int_files_summed') }} as summed
    )
