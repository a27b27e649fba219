-- A few lines of the source files were refused; they are in rejected_lines.
{{ config(severity='warn', fail_calc='coalesce(sum(line_count), 0)') }}

select
    vintage,
    source_file,
    reason,
    count(*) as line_count,
    min(line_number) as first_line_number
from {{ ref('rejected_lines') }}
group by vintage, source_file, reason
