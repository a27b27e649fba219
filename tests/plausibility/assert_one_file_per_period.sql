-- Inside a vintage, one file of a kind holds a quarter of a flow: of two that
-- differ, nobody can tell which is right. Leave one of them in the folder.
with delivered as (
    select
        files.vintage,
        files.file_kind,
        summed.year,
        summed.quarter,
        summed.flow,
        files.source_file
    from {{ ref('int_files_summed') }} as summed
    inner join {{ ref('stg_customs__files') }} as files
        on summed.file_id = files.file_id
    where not files.is_repeated
    group by all
)

select
    vintage,
    file_kind,
    year,
    quarter,
    flow,
    {{ joined_list_of('source_file') }} as source_files
from delivered
group by vintage, file_kind, year, quarter, flow
having count(*) > 1
