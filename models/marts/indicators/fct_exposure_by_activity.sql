{{ keyed_by('int_periods_selected', ['year']) }}

with cells as (
    select * from {{ ref('int_flows_rolled_up') }}
    where {{ is_stale() }}
),

groups as (
    select
        partner_group,
        cast(country_code as {{ code_type('pair') }}) as country_code,
        valid_from,
        valid_to
    from {{ ref('int_partner_groups_completed') }}
),

activities as (
    select
        year,
        territory_code,
        flow,
        member_code as activity_code,
        value_eur
    from {{ ref('int_members_ranked') }}
    where ranked_by = 'activity' and {{ is_stale() }}
),

-- A member in December counts for the year.
cells_summed as (
    select
        cells.year,
        cells.territory_level,
        cells.territory_code,
        cells.flow,
        groups.partner_group,
        cells.activity_code,
        sum(cells.value_eur) as value_eur
    from cells
    inner join groups
        on
            cells.country_code = groups.country_code
            and cells.year * 100 + 12
            between groups.valid_from and groups.valid_to
    group by all
),

-- Text once it is summed: codes are quicker to group.
summed as (
    select
        year,
        cast(territory_level as string) as territory_level,
        cast(territory_code as string) as territory_code,
        cast(flow as string) as flow,
        partner_group,
        cast(activity_code as string) as activity_code,
        cast(value_eur as bigint) as value_eur
    from cells_summed
)

select
    summed.year,
    summed.territory_level,
    summed.territory_code,
    summed.flow,
    summed.partner_group,
    summed.activity_code,
    summed.value_eur,
    {{ share('summed.value_eur', 'activities.value_eur') }}
        as share_of_activity,
    {{ share(
        'summed.value_eur',
        'sum(summed.value_eur) over (
            partition by
                summed.year,
                summed.territory_code,
                summed.flow,
                summed.partner_group
        )'
    ) }} as share_of_group
from summed
inner join activities
    on
        summed.year = activities.year
        and summed.territory_code = activities.territory_code
        and summed.flow = activities.flow
        and summed.activity_code = activities.activity_code
