-- The sample has the lines per year, quarter and flow that were reviewed.
{{ config(enabled=not uses_customs_dir()) }}

with counted as (
    select
        year,
        quarter,
        flow,
        count(*) as line_count
    from {{ ref('stg_customs__lines') }}
    group by year, quarter, flow
)

select
    coalesce(expected.year, counted.year) as year,
    coalesce(expected.quarter, counted.quarter) as quarter,
    coalesce(expected.flow, counted.flow) as flow,
    expected.line_count,
    counted.line_count as lines_counted
from {{ ref('expected_lines') }} as expected
full outer join counted
    on
        expected.year = counted.year
        and expected.quarter = counted.quarter
        and expected.flow = counted.flow
where expected.line_count is distinct from counted.line_count
