{%- set named_members = 10 %}

with flows as (
    select * from {{ ref('int_flows_rolled_up') }}
),

countries as (
    select * from {{ ref('int_countries_completed') }}
),

rankings as (
    select * from {{ ref('int_members_ranked') }}
),

-- Each level ranks its own ten.
named as (
    select *
    from rankings
    where rank <= {{ named_members }}
),

cells as (
    select
        year,
        territory_level,
        territory_code,
        flow,
        activity_code,
        country_code,
        sum(value_eur) as value_eur
    from flows
    group by all
),

labelled as (
    select
        cells.year,
        cells.territory_level,
        cells.territory_code,
        cells.flow,
        cells.activity_code,
        cells.country_code,
        cast(cells.value_eur as bigint) as value_eur,
        coalesce(activities.member_code, '*other') as activity_member,
        case
            when not countries.is_country then '*unspecified'
            else coalesce(partners.member_code, '*other')
        end as country_member,
        activities.rank as activity_rank,
        partners.rank as country_rank
    from cells
    inner join countries
        on cells.country_code = countries.country_code
    left join named as activities
        on
            activities.ranked_by = 'activity'
            and cells.year = activities.year
            and cells.territory_code = activities.territory_code
            and cells.flow = activities.flow
            and cells.activity_code = activities.member_code
    left join named as partners
        on
            partners.ranked_by = 'country'
            and cells.year = partners.year
            and cells.territory_code = partners.territory_code
            and cells.flow = partners.flow
            and cells.country_code = partners.member_code
)

select * from labelled
