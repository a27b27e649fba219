-- Too many rejected lines mean a wrong file, not a few bad lines: among all
-- lines, those of one file, or those of one quarter and flow in a vintage
-- (where the rejected line still says them). The threshold is the var
-- max_rejected_share.
{{ config(
    meta={
        'remedy': 'have the lines of marts.rejected_lines mended, or accept more '
        ~ 'with --vars "max_rejected_share: 0.01" (1 %)'
    }
) }}

with rejected as (
    select
        *,
        {{ customs_line_period('raw_line') }} as period
    from {{ ref('rejected_lines') }}
),

files as (
    select * from {{ ref('stg_customs__files') }}
),

of_quarters as (
    select
        files.vintage,
        case summed.flow when 'import' then 'I' else 'E' end
        || ';' || summed.quarter || ';' || summed.year as period,
        summed.line_count,
        0 as lines_rejected
    from {{ ref('int_files_summed') }} as summed
    inner join files
        on summed.file_id = files.file_id
    union all
    select
        vintage,
        period,
        1 as line_count,
        1 as lines_rejected
    from rejected
    where period is not null
),

of_files as (
    select
        vintage,
        source_file,
        count(*) as lines_rejected
    from rejected
    group by vintage, source_file
),

scopes as (
    select
        'all files' as scope,
        cast(null as string) as vintage,
        cast(null as string) as source_file,
        cast(null as string) as period,
        lines_read as line_count,
        lines_rejected
    from {{ ref('build_info') }}
    union all
    select
        'the file' as scope,
        files.vintage,
        files.source_file,
        null as period,
        files.line_count,
        of_files.lines_rejected
    from files
    inner join of_files
        on
            files.vintage = of_files.vintage
            and files.source_file = of_files.source_file
    union all
    select
        'the quarter' as scope,
        vintage,
        null as source_file,
        period,
        sum(line_count) as line_count,
        sum(lines_rejected) as lines_rejected
    from of_quarters
    group by vintage, period
),

too_many as (
    select * from scopes
    where lines_rejected > {{ var('max_rejected_share') }} * line_count
)

select
    too_many.scope,
    rejected.vintage,
    rejected.source_file,
    too_many.period,
    count(*) as lines_rejected,
    too_many.line_count as lines_in_scope,
    mode(rejected.reason) as usual_reason,
    min(rejected.line_number) as first_line_number
from too_many
inner join rejected
    on
        coalesce(too_many.vintage = rejected.vintage, true)
        and coalesce(too_many.source_file = rejected.source_file, true)
        and coalesce(
            too_many.period = rejected.period, too_many.period is null
        )
group by
    too_many.scope, rejected.vintage, rejected.source_file, too_many.period,
    too_many.line_count
