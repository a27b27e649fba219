-- A department with at least 200 lines in a quarter still has most of them in
-- the same quarter of the next year, and in the quarter's next publication:
-- fewer mean an incomplete file, until somebody says otherwise (var
-- max_department_lost_share).
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
),

year_later as (
    select
        periods.vintage,
        periods.source_file,
        periods.year,
        periods.quarter,
        periods.flow,
        previous.territory_code,
        'the year before' as compared_with,
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
),

vintages as (
    select
        vintage,
        year,
        quarter,
        flow,
        lag(vintage) over (
            partition by year, quarter, flow
            order by vintage
        ) as previous_vintage
    from counted
    group by vintage, year, quarter, flow
),

published_again as (
    select
        vintages.vintage,
        cast(null as string) as source_file,
        vintages.year,
        vintages.quarter,
        vintages.flow,
        previous.territory_code,
        vintages.previous_vintage as compared_with,
        previous.line_count as previous_line_count,
        coalesce(later.line_count, 0) as line_count
    from vintages
    inner join counted as previous
        on
            vintages.previous_vintage = previous.vintage
            and vintages.year = previous.year
            and vintages.quarter = previous.quarter
            and vintages.flow = previous.flow
    left join counted as later
        on
            vintages.vintage = later.vintage
            and vintages.year = later.year
            and vintages.quarter = later.quarter
            and vintages.flow = later.flow
            and previous.territory_code = later.territory_code
),

compared as (
    select * from year_later
    union all
    select * from published_again
)

select *
from compared
where
    previous_line_count >= 200
    and line_count
    < (1 - {{ var('max_department_lost_share') }}) * previous_line_count
