-- A department with at least 200 lines in a quarter still has most of them in
-- the same quarter of the next year: fewer mean an incomplete file, until
-- somebody says otherwise (var max_department_lost_share).
with counted as (
    select
        vintage,
        year,
        quarter,
        flow,
        territory_code,
        line_count
    from {{ ref('int_vintages_rolled_up') }}
    where territory_level = 'department'
),

periods as (
    select * from {{ ref('int_periods_selected') }}
),

current_periods as (
    select
        periods.year,
        periods.quarter,
        periods.flow,
        periods.vintage,
        periods.source_file,
        counted.territory_code,
        counted.line_count
    from periods
    inner join counted
        on
            periods.year = counted.year
            and periods.quarter = counted.quarter
            and periods.flow = counted.flow
            and periods.vintage = counted.vintage
)

select
    periods.vintage,
    periods.source_file,
    previous.year + 1 as year,
    previous.quarter,
    previous.flow,
    previous.territory_code,
    previous.line_count as previous_line_count,
    coalesce(later.line_count, 0) as line_count
from current_periods as previous
inner join periods
    on
        previous.year + 1 = periods.year
        and previous.quarter = periods.quarter
        and previous.flow = periods.flow
left join current_periods as later
    on
        previous.year + 1 = later.year
        and previous.quarter = later.quarter
        and previous.flow = later.flow
        and previous.territory_code = later.territory_code
where
    previous.line_count >= 200
    and coalesce(later.line_count, 0)
    < (1 - {{ var('max_department_lost_share') }}) * previous.line_count
