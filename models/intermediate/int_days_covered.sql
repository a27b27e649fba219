with periods as (
    select * from {{ ref('int_periods_selected') }}
),

quarters as (
    select {{ first_day_of_quarter('year', 'quarter') }} as first_day
    from periods
    group by year, quarter
)

-- No quarter is longer than 92 days.
select
    cast(
        quarters.first_day + numbers.number * interval 1 day as date
    ) as day_date
from quarters
cross join {{ whole_numbers('numbers', 0, 91) }}
where
    quarters.first_day + numbers.number * interval 1 day
    <= {{ last_day_of_quarter('quarters.first_day') }}
