with lines as (
    select * from {{ ref('stg_customs__lines') }}
),

periods as (
    select * from {{ ref('int_periods_selected') }}
),

selected as (
    select lines.*
    from lines
    inner join periods
        on
            lines.flow = periods.flow
            and lines.year = periods.year
            and lines.quarter = periods.quarter
            and lines.vintage = periods.vintage
)

select * from selected
