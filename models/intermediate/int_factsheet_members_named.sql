{%- set named_members = 10 %}

with ranked as (
    select * from {{ ref('int_members_ranked') }}
    where ranked_by in ('activity', 'country')
),

activities as (
    select * from {{ ref('int_activities_completed') }}
),

-- Ten of 76 activities say little of a region: from there on, sectors (A38) are
-- named. A code that no nomenclature knows is a sector of its own, so that one
-- ranking holds them all.
sided as (
    select
        ranked.year,
        ranked.territory_level,
        ranked.territory_code,
        ranked.flow,
        ranked.ranked_by as side,
        ranked.member_code,
        ranked.value_eur,
        ranked.rank,
        case
            when
                ranked.territory_level <> 'department'
                and ranked.ranked_by = 'activity'
                then coalesce(activities.a38_code, ranked.member_code)
        end as sector_code
    from ranked
    left join activities
        on
            ranked.ranked_by = 'activity'
            and ranked.member_code = activities.activity_code
),

sectors as (
    select
        year,
        territory_code,
        flow,
        side,
        sector_code,
        row_number() over (
            partition by year, territory_code, flow, side
            order by sum(value_eur) desc nulls last, sector_code nulls last
        ) as sector_rank
    from sided
    where sector_code is not null
    group by year, territory_code, flow, side, sector_code
),

-- Each territory, of each level, names its own ten.
named as (
    select
        sided.year,
        sided.territory_level,
        sided.territory_code,
        sided.flow,
        sided.side,
        sided.member_code,
        coalesce(sectors.sector_rank, sided.rank) as rank,
        sided.value_eur,
        case
            when sided.rank is null then '*unspecified'
            when sectors.sector_rank <= {{ named_members }}
                then sided.sector_code
            when
                sectors.sector_rank is null
                and sided.rank <= {{ named_members }}
                then sided.member_code
            else '*other'
        end as node_code
    from sided
    left join sectors
        on
            sided.year = sectors.year
            and sided.territory_code = sectors.territory_code
            and sided.flow = sectors.flow
            and sided.side = sectors.side
            and sided.sector_code = sectors.sector_code
)

select * from named
