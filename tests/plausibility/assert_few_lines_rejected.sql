-- Too many rejected lines mean a wrong file, not a few bad lines: among all lines,
-- those of one file, or those of one quarter and flow in a vintage (where the
-- rejected line still says them). The threshold is the var max_rejected_share.
with rejected as (
    select
        vintage,
        source_file,
        reason,
        line_number,
        {{ customs_line_period('raw_line') }} as period
    from {{ ref('rejected_lines') }}
),

files as (
    select * from {{ ref('stg_customs__files') }}
),

kept as (
    select
        files.vintage,
        case summed.flow when 'import' then 'I' else 'E' end
        || ';' || summed.quarter || ';' || summed.year as period,
        sum(summed.line_count) as line_count
    from {{ ref('int_files_summed') }} as summed
    inner join files
        on summed.file_id = files.file_id
    group by all
),

scopes as (
    select
        'all files' as scope,
        cast(null as varchar) as vintage,
        cast(null as varchar) as source_file,
        cast(null as varchar) as period,
        sum(line_count) as line_count
    from files
    union all
    select
        'the file' as scope,
        vintage,
        source_file,
        null as period,
        line_count
    from files
    union all
    select
        'the quarter' as scope,
        vintage,
        null as source_file,
        period,
        line_count
    from kept
),

shares as (
    select
        scopes.scope,
        coalesce(scopes.vintage, rejected.vintage) as vintage,
        coalesce(scopes.source_file, rejected.source_file) as source_file,
        scopes.period,
        count(*) as lines_rejected,
        scopes.line_count as lines_in_scope,
        mode(rejected.reason) as usual_reason,
        min(rejected.line_number) as first_line_number,
        sum(count(*)) over (
            partition by scopes.scope, scopes.vintage, scopes.source_file, scopes.period
        ) as lines_rejected_in_scope
    from scopes
    inner join rejected
        on
            coalesce(scopes.vintage = rejected.vintage, true)
            and coalesce(scopes.source_file = rejected.source_file, true)
            and coalesce(scopes.period = rejected.period, scopes.period is null)
    group by
        scopes.scope, scopes.vintage, scopes.source_file, scopes.period,
        scopes.line_count, rejected.vintage, rejected.source_file
)

select
    scope,
    vintage,
    source_file,
    period,
    lines_rejected,
    lines_in_scope,
    usual_reason,
    first_line_number
from shares
where
    lines_rejected_in_scope
    > {{ var('max_rejected_share') }}
    * (
        lines_in_scope
        + case scope when 'the quarter' then lines_rejected_in_scope else 0 end
    )
