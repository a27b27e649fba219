{{ config(materialized='table') }}

with ranked as (
    select * from {{ ref('int_members_ranked') }}
    where ranked_by in ('country', 'activity')
),

cells as (
    select * from {{ ref('int_flows_rolled_up') }}
),

largest as (
    select * from {{ ref('int_largest_cells_selected') }}
),

activities as (
    select * from {{ ref('int_activities_completed') }}
),

-- What energy weighs in each partner and each activity.
energy as (
    select
        cells.year,
        cast(cells.territory_code as string) as territory_code,
        cast(cells.flow as string) as flow,
        cast(cells.activity_code as string) as activity_code,
        cast(cells.country_code as string) as country_code,
        cells.value_eur
    from cells
    inner join activities
        on cells.activity_code = activities.activity_code
    where activities.is_energy
),

energy_of_members as (
    {%- for dimension in ['country', 'activity'] %}
    select
        year,
        territory_code,
        flow,
        '{{ dimension }}' as dimension,
        {{ dimension }}_code as member_code,
        sum(value_eur) as value_eur
    from energy
    group by all
    {{- "\n    union all" if not loop.last }}
    {%- endfor %}
),

-- The same members in three versions; their order is that of the whole.
members as (
    select
        ranked.year,
        ranked.territory_level,
        ranked.territory_code,
        ranked.flow,
        ranked.ranked_by as dimension,
        ranked.member_code,
        ranked.rank,
        ranked.value_eur,
        ranked.value_eur - coalesce(energy_of_members.value_eur, 0)
            as without_energy_eur,
        ranked.value_eur
        - case
            when ranked.member_code = case ranked.ranked_by
                when 'country' then largest.country_code
                else largest.activity_code
            end then largest.value_eur
            else 0
        end as without_largest_cell_eur
    from ranked
    inner join largest
        on
            ranked.year = largest.year
            and ranked.territory_code = largest.territory_code
            and ranked.flow = largest.flow
    left join energy_of_members
        on
            ranked.year = energy_of_members.year
            and ranked.territory_code = energy_of_members.territory_code
            and ranked.flow = energy_of_members.flow
            and ranked.ranked_by = energy_of_members.dimension
            and ranked.member_code = energy_of_members.member_code
)

select * from members
