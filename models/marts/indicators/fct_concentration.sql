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
        cast(cells.territory_code as varchar) as territory_code,
        cast(cells.flow as varchar) as flow,
        cast(cells.activity_code as varchar) as activity_code,
        cast(cells.country_code as varchar) as country_code,
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
        ranked.rank,
        ranked.rank is not null as is_named,
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
),

{%- set versions = ['value', 'without_energy', 'without_largest_cell'] %}

summed as (
    select
        year,
        territory_level,
        territory_code,
        flow,
        dimension,
        cast(count(*) filter (where is_named and value_eur > 0) as integer)
            as named_members,
        sum(value_eur) filter (where rank <= 1) as top_1_eur,
        sum(value_eur) filter (where rank <= 3) as top_3_eur,
        sum(value_eur) filter (where rank <= 5) as top_5_eur,
        {%- for version in versions %}
        sum({{ version }}_eur) as {{ version }}_eur,
        coalesce(sum({{ version }}_eur) filter (where not is_named), 0)
            as {{ version }}_unspecified_eur,
        coalesce(sum(
            {{ exact(version ~ '_eur') }} * {{ version }}_eur
        ) filter (where is_named), 0) as {{ version }}_squares
        {{- "," if not loop.last }}
        {%- endfor %}
    from members
    group by all
),

measured as (
    select
        *,
        named_members
        + case when value_unspecified_eur > 0 then 1 else 0 end as members,
        {%- for version in versions %}
        {{ herfindahl(
            version ~ '_squares',
            version ~ '_eur',
            version ~ '_unspecified_eur'
        ) }} as hhi_of_{{ version }},
        {%- endfor %}
        {{ herfindahl('value_squares', 'value_eur') }} as hhi_min
    from summed
)

select
    year,
    territory_level,
    territory_code,
    flow,
    dimension,
    cast(members as integer) as members,
    {{ share('value_unspecified_eur', 'value_eur') }} as unspecified_share,
    hhi_min,
    hhi_of_value as hhi_max,
    1 / nullif(hhi_of_value, 0) as equivalent_number,
    case
        when members > 1
            then (hhi_of_value - 1.0 / members) / (1 - 1.0 / members)
    end as hhi_normalised,
    coalesce({{ share('top_1_eur', 'value_eur') }}, 0) as top_1_share,
    coalesce({{ share('top_3_eur', 'value_eur') }}, 0) as top_3_share,
    coalesce({{ share('top_5_eur', 'value_eur') }}, 0) as top_5_share,
    hhi_of_without_energy as hhi_max_without_energy,
    hhi_of_without_largest_cell as hhi_max_without_largest_cell
from measured
where value_eur > 0
