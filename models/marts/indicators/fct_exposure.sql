{%- set versions = ['value', 'without_energy', 'without_largest_cell'] -%}

with members as (
    select * from {{ ref('int_member_versions_summed') }}
    where dimension = 'country'
),

groups as (
    select * from {{ ref('int_partner_groups_completed') }}
),

territories as (
    select * from {{ ref('dim_territory') }}
),

years as (
    select * from {{ ref('int_years_covered') }}
),

totals as (
    select
        year,
        territory_level,
        territory_code,
        flow,
    {%- for version in versions %}
    sum({{ version }}_eur) as {{ version }}_eur
    {{- "," if not loop.last }}
    {%- endfor %}
    from members
    group by all
),

-- A member in December counts for the year.
of_groups as (
    select
        members.year,
        members.territory_code,
        members.flow,
        groups.partner_group,
    {%- for version in versions %}
    sum(members.{{ version }}_eur) as {{ version }}_eur
    {{- "," if not loop.last }}
    {%- endfor %}
    from members
    inner join groups
        on
            members.member_code = groups.country_code
            and members.year * 100 + 12
            between groups.valid_from and groups.valid_to
    group by all
),

named as (
    select partner_group
    from groups
    group by partner_group
),

-- Nothing traded with a group is a share of 0.
compared as (
    select
        totals.year,
        totals.territory_level,
        totals.territory_code,
        totals.flow,
        named.partner_group,
        cast(coalesce(of_groups.value_eur, 0) as bigint) as value_eur,
        territories.is_ranked and years.has_both_flows as has_rank,
    {%- for version in versions %}
        {{ share(
            'coalesce(of_groups.' ~ version ~ '_eur, 0)',
            'totals.' ~ version ~ '_eur'
        ) }} as {{ version }}_share
    {{- "," if not loop.last }}
    {%- endfor %}
    from totals
    cross join named
    inner join territories
        on totals.territory_code = territories.territory_code
    inner join years
        on totals.year = years.year
    left join of_groups
        on
            totals.year = of_groups.year
            and totals.territory_code = of_groups.territory_code
            and totals.flow = of_groups.flow
            and named.partner_group = of_groups.partner_group
    where totals.value_eur > 0
)

select
    year,
    territory_level,
    territory_code,
    flow,
    partner_group,
    value_eur,
    value_share as share,
    without_energy_share as share_without_energy,
    without_largest_cell_share as share_without_largest_cell,
    case when has_rank then cast(row_number() over (
        partition by year, flow, partner_group, territory_level, has_rank
        order by value_share desc nulls last, territory_code nulls last
    ) as integer) end as rank_in_france
from compared
