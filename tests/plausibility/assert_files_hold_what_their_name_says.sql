-- Every line of a file is of the flow and of the year that its name says.
select
    files.vintage,
    files.source_file,
    files.named_flow,
    files.named_year,
    summed.flow as flow_found,
    summed.year as year_found,
    sum(summed.line_count) as line_count
from {{ ref('int_files_summed') }} as summed
inner join {{ ref('stg_customs__files') }} as files
    on summed.file_id = files.file_id
where
    summed.flow <> files.named_flow
    or summed.year <> files.named_year
group by all
