with members as (
    select * from {{ ref('int_members_ranked') }}
    where ranked_by = 'activity'
),

totals as (
    select * from {{ ref('int_totals_by_flow') }}
),

activities as (
    select * from {{ ref('int_activities_completed') }}
),

energy as (
    select
        members.year,
        members.territory_code,
        members.flow,
        sum(members.value_eur) as energy_eur
    from members
    inner join activities
        on members.member_code = activities.activity_code
    where activities.is_energy
    group by all
),

measured as (
    select
        members.year,
        members.territory_level,
        members.territory_code,
        members.flow,
        members.member_code as activity_code,
        activities.is_energy,
        members.value_eur,
        totals.value_eur as total_eur,
        cast(coalesce(energy.energy_eur, 0) as bigint) as energy_eur
    from members
    inner join totals
        on
            members.year = totals.year
            and members.territory_code = totals.territory_code
            and members.flow = totals.flow
    inner join activities
        on members.member_code = activities.activity_code
    left join energy
        on
            members.year = energy.year
            and members.territory_code = energy.territory_code
            and members.flow = energy.flow
)

select
    measured.*,
    france.value_eur as france_value_eur,
    france.total_eur as france_total_eur,
    france.energy_eur as france_energy_eur
from measured
inner join measured as france
    on
        france.territory_level = 'country'
        and measured.year = france.year
        and measured.flow = france.flow
        and measured.activity_code = france.activity_code
