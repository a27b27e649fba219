with named as (
    select * from {{ ref('int_factsheet_members_named') }}
),

totals as (
    select * from {{ ref('int_totals_by_flow') }}
),

territories as (
    select * from {{ ref('dim_territory') }}
),

activities as (
    select * from {{ ref('int_activity_nodes_named') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

members as (
    select
        year,
        territory_level,
        territory_code,
        flow,
        side,
        node_code as member_code,
        min(rank) as member_rank,
        sum(value_eur) as value_eur,
        count(*) as members
    from named
    group by year, territory_level, territory_code, flow, side, node_code
),

positioned as (
    select
        *,
        row_number() over (
            partition by year, territory_code, flow, side
            order by
                member_code = '*other' nulls last,
                member_code = '*unspecified' nulls last,
                member_rank nulls last
        ) as position
    from members
)

select
    positioned.year,
    positioned.territory_level,
    positioned.territory_code,
    territories.territory_name,
    positioned.flow,
    positioned.side,
    positioned.member_code,
    coalesce(activities.name_fr, countries.country_name_fr) as member_name_fr,
    coalesce(activities.name_en, countries.country_name_en) as member_name_en,
    coalesce(activities.short_fr, countries.country_name_fr) as member_short_fr,
    coalesce(activities.short_en, countries.country_name_en) as member_short_en,
    cast(positioned.position as integer) as position,
    cast(positioned.value_eur as bigint) as value_eur,
    {{ share('positioned.value_eur', 'totals.value_eur') }} as value_share,
    cast(positioned.members as integer) as members
from positioned
inner join totals
    on
        positioned.year = totals.year
        and positioned.territory_code = totals.territory_code
        and positioned.flow = totals.flow
inner join territories
    on positioned.territory_code = territories.territory_code
left join activities
    on
        positioned.side = 'activity'
        and positioned.member_code = activities.node_code
left join countries
    on
        positioned.side = 'country'
        and positioned.member_code = countries.country_code
