-- The finest flows are made of every line of the selected file of their
-- quarter, each once: nothing is missing, and no quarter was written twice.
with expected as (
    select
        summed.year,
        summed.quarter,
        summed.flow,
        sum(summed.line_count) as line_count,
        sum(summed.value_eur) as value_eur
    from {{ ref('int_files_summed') }} as summed
    inner join {{ ref('int_periods_selected') }} as periods
        on
            summed.file_id = periods.file_id
            and summed.flow = periods.flow
            and summed.year = periods.year
            and summed.quarter = periods.quarter
    group by summed.year, summed.quarter, summed.flow
),

measured as (
    select
        year,
        quarter,
        flow,
        sum(line_count) as line_count,
        sum(value_eur) as value_eur
    from {{ ref('int_flows_summed') }}
    group by year, quarter, flow
)

select
    coalesce(measured.year, expected.year) as year,
    coalesce(measured.quarter, expected.quarter) as quarter,
    coalesce(measured.flow, expected.flow) as flow,
    measured.line_count,
    expected.line_count as expected_lines,
    measured.value_eur,
    expected.value_eur as expected_eur
from measured
full outer join expected
    on
        measured.year = expected.year
        and measured.quarter = expected.quarter
        and measured.flow = expected.flow
where
    measured.line_count is distinct from expected.line_count
    or measured.value_eur is distinct from expected.value_eur
