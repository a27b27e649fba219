with members as (
    select * from {{ ref('int_members_ranked') }}
    where ranked_by in ('country', 'activity')
),

totals as (
    select * from {{ ref('int_totals_by_flow') }}
),

years as (
    select * from {{ ref('int_years_covered') }}
    where is_comparable
),

-- Every member of either year, once.
changes as (
    select
        members.year,
        members.territory_level,
        members.territory_code,
        members.flow,
        members.ranked_by,
        members.member_code,
        0 as previous_value_eur,
        members.value_eur
    from members
    inner join years
        on members.year = years.year
    union all
    select
        years.year,
        members.territory_level,
        members.territory_code,
        members.flow,
        members.ranked_by,
        members.member_code,
        members.value_eur as previous_value_eur,
        0 as value_eur
    from members
    inner join years
        on members.year = years.year - 1
),

summed as (
    select
        year,
        territory_level,
        territory_code,
        flow,
        ranked_by as dimension,
        member_code,
        cast(sum(previous_value_eur) as bigint) as previous_value_eur,
        cast(sum(value_eur) as bigint) as value_eur
    from changes
    group by all
)

select
    summed.year,
    summed.territory_level,
    summed.territory_code,
    summed.flow,
    summed.dimension,
    {{- code_of_each_kind('summed.dimension', 'summed.member_code') }},
    summed.previous_value_eur,
    summed.value_eur,
    {{ share(
        '(summed.value_eur - summed.previous_value_eur)',
        'previous.value_eur'
    ) }} as contribution
from summed
left join totals as previous
    on
        summed.year = previous.year + 1
        and summed.territory_code = previous.territory_code
        and summed.flow = previous.flow
