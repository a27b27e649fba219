-- Every quarter of a flow that some file holds is shown, from one file; with
-- the var as_of, every one that was known then.
{%- set as_of = text_literal(customs_as_of()) %}
with delivered as (
    select
        summed.flow,
        summed.year,
        summed.quarter
    from {{ ref('int_files_summed') }} as summed
    inner join {{ ref('stg_customs__files') }} as files
        on summed.file_id = files.file_id
    where files.vintage <= {{ as_of }} or {{ as_of }} = ''
    group by all
)

select delivered.*
from delivered
left join {{ ref('int_periods_selected') }} as periods
    on
        delivered.flow = periods.flow
        and delivered.year = periods.year
        and delivered.quarter = periods.quarter
where periods.file_id is null
