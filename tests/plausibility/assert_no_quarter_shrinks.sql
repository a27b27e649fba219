-- A newer publication that loses more than a fifth of the lines of a quarter is
-- an incomplete file until somebody says otherwise (var max_lost_share).
with counted as (
    select
        vintage,
        year,
        quarter,
        flow,
        line_count,
        lag(line_count) over (
            partition by year, quarter, flow
            order by vintage
        ) as previous_line_count
    from {{ ref('int_vintages_rolled_up') }}
    where territory_level = 'country'
)

select *
from counted
where line_count < (1 - {{ var('max_lost_share') }}) * previous_line_count
