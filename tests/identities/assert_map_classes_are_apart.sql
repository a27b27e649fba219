-- The values of a class lie between its bounds, both are reached, and the next
-- class begins above them.
with classes as (
    select
        year,
        measure,
        class,
        class_low,
        class_high,
        min(value) as smallest,
        max(value) as largest
    from {{ ref('rpt_site_map') }}
    where class is not null
    group by year, measure, class, class_low, class_high
),

ordered as (
    select
        *,
        lag(class) over (
            partition by year, measure
            order by class, class_low
        ) as class_before,
        lag(largest) over (
            partition by year, measure
            order by class, class_low
        ) as largest_before
    from classes
)

select *
from ordered
where
    class_low <> smallest
    or class_high <> largest
    or class = class_before
    or smallest <= largest_before
