with members as (
    select * from {{ ref('int_quarter_members_rolled_up') }}
),

quarters as (
    select * from {{ ref('int_quarters_covered') }}
),

-- Each quarter is in the windows of four ends, and before those of four more.
places as (
    select
        ends.year as end_year,
        ends.quarter as end_quarter,
        ends.period_start as end_start,
        within.flow,
        within.year,
        within.quarter,
        within.quarter_number > ends.quarter_number - 4 as is_last_year
    from quarters as ends
    inner join quarters as within
        on
            ends.flow = within.flow
            and within.quarter_number
            between ends.quarter_number - 7 and ends.quarter_number
    where ends.not_compared_reason is null
),

windows as (
    select
        places.end_year,
        places.end_quarter,
        places.end_start,
        members.territory_level,
        members.territory_code,
        members.flow,
        members.dimension,
        members.member_code,
        coalesce(sum(members.value_eur) filter (
            where places.is_last_year
        ), 0) as value_eur,
        coalesce(sum(members.value_eur) filter (
            where not places.is_last_year
        ), 0) as previous_value_eur
    from members
    inner join places
        on
            members.flow = places.flow
            and members.year = places.year
            and members.quarter = places.quarter
    group by all
),

compared as (
    select
        *,
        sum(previous_value_eur) over (
            partition by
                end_year, end_quarter, territory_code, flow, dimension
        ) as previous_total_eur
    from windows
)

select
    end_year,
    end_quarter,
    territory_level,
    territory_code,
    flow,
    dimension,
    {{- code_of_each_kind('dimension', 'member_code') }},
    {{ last_day_of_quarter('end_start') }} as period_end,
    cast(previous_value_eur as bigint) as previous_value_eur,
    cast(value_eur as bigint) as value_eur,
    {{ share('(value_eur - previous_value_eur)', 'previous_total_eur') }}
        as contribution
from compared
