{#- January 2022: EMEBI replaced DEB, a break in the intra-EU series. -#}
{%- set break_at = 2022 * 4 %}

with periods as (
    select * from {{ ref('int_periods_selected') }}
),

delivered as (
    select
        year,
        quarter,
        cast(flow as string) as flow,
        {{ quarter_number('year', 'quarter') }} as quarter_number
    from periods
),

-- The four quarters that end with each, and the four before them.
windows as (
    select
        ending.flow,
        ending.year,
        ending.quarter,
        ending.quarter_number,
        cast(count(*) filter (
            where within.quarter_number > ending.quarter_number - 4
        ) as integer) as quarters_covered,
        cast(count(*) filter (
            where within.quarter_number <= ending.quarter_number - 4
        ) as integer) as previous_quarters_covered,
        count(*) filter (
            where within.quarter_number = ending.quarter_number - 4
        ) > 0 as has_same_quarter,
        cast(count(*) filter (
            where within.year = ending.year
        ) as integer) as to_date_quarters_covered,
        cast(count(*) filter (
            where
            within.year = ending.year - 1
            and within.quarter <= ending.quarter
        ) as integer) as previous_to_date_quarters_covered
    from delivered as ending
    inner join delivered as within
        on
            ending.flow = within.flow
            and within.quarter_number
            between ending.quarter_number - 7 and ending.quarter_number
    group by all
)

select
    flow,
    year,
    quarter,
    quarter_number,
    {{ first_day_of_quarter('year', 'quarter') }} as period_start,
    quarters_covered,
    previous_quarters_covered,
    case
        when quarters_covered < 4 then 'incomplete'
        when
            quarter_number >= {{ break_at }}
            and quarter_number - 7 < {{ break_at }}
            then 'break'
        when previous_quarters_covered = 0 then 'first_year'
        when previous_quarters_covered < 4 then 'previous_incomplete'
    end as not_compared_reason,
    case
        when
            quarter_number >= {{ break_at }}
            and quarter_number - 4 < {{ break_at }}
            then 'break'
        when previous_quarters_covered = 0 then 'first_year'
        when not has_same_quarter then 'previous_incomplete'
    end as quarter_not_compared_reason,
    to_date_quarters_covered,
    case
        when to_date_quarters_covered < quarter then 'incomplete'
        when
            quarter_number >= {{ break_at }}
            and (year - 1) * 4 < {{ break_at }}
            then 'break'
        when previous_quarters_covered = 0 then 'first_year'
        when previous_to_date_quarters_covered < quarter
            then 'previous_incomplete'
    end as to_date_not_compared_reason
from windows
