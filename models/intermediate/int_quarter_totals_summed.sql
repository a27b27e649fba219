{{ config(materialized='table') }}

with totals as (
    select * from {{ ref('int_quarters_rolled_up') }}
),

members as (
    select * from {{ ref('int_quarter_members_rolled_up') }}
    where dimension = 'activity'
),

activities as (
    select * from {{ ref('int_activities_completed') }}
),

energy as (
    select
        members.year,
        members.quarter,
        members.territory_code,
        members.flow,
        sum(members.value_eur) as value_eur
    from members
    inner join activities
        on members.member_code = activities.activity_code
    where activities.is_energy
    group by all
)

select
    totals.year,
    totals.quarter,
    {{ quarter_number('totals.year', 'totals.quarter') }} as quarter_number,
    totals.territory_level,
    totals.territory_code,
    totals.flow,
    totals.value_eur,
    cast(totals.value_eur - coalesce(energy.value_eur, 0) as bigint)
        as without_energy_eur
from totals
left join energy
    on
        totals.year = energy.year
        and totals.quarter = energy.quarter
        and totals.territory_code = energy.territory_code
        and totals.flow = energy.flow
