with members as (
    select * from {{ ref('int_quarter_members_rolled_up') }}
),

quarters as (
    select * from {{ ref('int_quarters_covered') }}
),

-- Each quarter is in the windows of four ends, and before those of four more.
windows as (
    select
        ends.year as end_year,
        ends.quarter as end_quarter,
        ends.period_start as end_start,
        ends.not_compared_reason,
        ends.flow,
        members.territory_level,
        members.territory_code,
        members.dimension,
        members.member_code,
        coalesce(sum(members.value_eur) filter (
            where {{ quarter_number('members.year', 'members.quarter') }}
            > ends.quarter_number - 4
        ), 0) as value_eur,
        coalesce(sum(members.value_eur) filter (
            where {{ quarter_number('members.year', 'members.quarter') }}
            <= ends.quarter_number - 4
        ), 0) as previous_value_eur
    from quarters as ends
    inner join members
        on
            ends.flow = members.flow
            and {{ quarter_number('members.year', 'members.quarter') }}
            between ends.quarter_number - 7 and ends.quarter_number
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
    where not_compared_reason is null
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
