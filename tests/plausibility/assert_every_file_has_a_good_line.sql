-- Every file holds at least one well-formed line: one that holds none, an empty
-- one too, is a wrong file or a failed download. Take it out of the folder.
select
    files.vintage,
    files.source_file,
    files.line_count
from {{ ref('stg_customs__files') }} as files
where
    files.file_id not in (
        select summed.file_id from {{ ref('int_files_summed') }} as summed
    )
