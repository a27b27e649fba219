-- Too many rejected lines mean a wrong file, not a few bad lines. The threshold
-- is the var max_rejected_share.
select
    rejected.source_file,
    rejected.reason,
    count(*) as line_count,
    min(rejected.line_number) as first_line_number
from {{ ref('rejected_lines') }} as rejected
cross join {{ ref('build_info') }} as build
where build.lines_rejected > {{ var('max_rejected_share') }} * build.lines_read
group by rejected.source_file, rejected.reason
