{#- An activity has its own tile where it makes 0.8 % of the flow; more have
    one where the rest would be above 15 %. -#}
{%- set smallest_share = 0.008 %}
{%- set largest_rest = 0.15 %}

with rankings as (
    select * from {{ ref('fct_rankings') }}
),

totals as (
    select * from {{ ref('int_totals_by_flow') }}
),

territories as (
    select * from {{ ref('dim_territory') }}
),

activities as (
    select * from {{ ref('dim_activity') }}
),

grouped as (
    select
        year,
        territory_level,
        territory_code,
        flow,
        case
            when
                value_share >= {{ smallest_share }}
                or cumulative_share - value_share < 1 - {{ largest_rest }}
                then activity_code
            else '*other'
        end as activity_code,
        min(rank) as position,
        sum(value_eur) as value_eur,
        count(*) as members
    from rankings
    where ranked_by = 'activity'
    group by all
)

select
    grouped.year,
    grouped.territory_level,
    grouped.territory_code,
    territories.territory_name,
    grouped.flow,
    grouped.activity_code,
    activities.activity_name_fr,
    activities.activity_name_en,
    activities.activity_short_fr,
    activities.activity_short_en,
    activities.activity_abbreviation_fr,
    activities.activity_abbreviation_en,
    case
        when activities.is_energy then 'energy' else activities.a17_code
    end as sector_code,
    case
        when activities.is_energy then 'Énergie' else activities.a17_name_fr
    end as sector_name_fr,
    case
        when activities.is_energy then 'Energy' else activities.a17_name_en
    end as sector_name_en,
    cast(grouped.position as integer) as position,
    cast(grouped.value_eur as bigint) as value_eur,
    {{ share('grouped.value_eur', 'totals.value_eur') }} as value_share,
    cast(grouped.members as integer) as members
from grouped
inner join totals
    on
        grouped.year = totals.year
        and grouped.territory_code = totals.territory_code
        and grouped.flow = totals.flow
inner join territories
    on grouped.territory_code = territories.territory_code
left join activities
    on grouped.activity_code = activities.activity_code
