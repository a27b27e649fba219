{{ keyed_by('int_periods_selected', ['year']) }}

with cells as (
    select * from {{ ref('int_flows_rolled_up') }}
    where {{ is_stale() }}
),

named as (
    select
        year,
        cast(territory_code as {{ code_type('territory') }}) as territory_code,
        cast(flow as {{ code_type('flow') }}) as flow,
        side,
        member_code,
        node_code
    from {{ ref('int_factsheet_members_named') }}
    where {{ is_stale() }}
),

partners as (
    select
        year,
        territory_code,
        flow,
        cast(member_code as {{ code_type('pair') }}) as country_code,
        node_code
    from named
    where side = 'country'
),

summed as (
    select
        cells.year,
        cells.territory_level,
        cells.territory_code,
        cells.flow,
        activities.node_code as activity_code,
        partners.node_code as country_code,
        sum(cells.value_eur) as value_eur
    from cells
    inner join named as activities
        on
            activities.side = 'activity'
            and cells.year = activities.year
            and cells.territory_code = activities.territory_code
            and cells.flow = activities.flow
            and cells.activity_code = activities.member_code
    inner join partners
        on
            cells.year = partners.year
            and cells.territory_code = partners.territory_code
            and cells.flow = partners.flow
            and cells.country_code = partners.country_code
    group by all
)

select
    year,
    cast(territory_level as string) as territory_level,
    cast(territory_code as string) as territory_code,
    cast(flow as string) as flow,
    activity_code,
    country_code,
    cast(value_eur as bigint) as value_eur
from summed
