{%- set highlighted_flows = 5 %}

with flows as (
    select * from {{ ref('int_factsheet_flows_summed') }}
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

countries as (
    select * from {{ ref('dim_country') }}
),

-- A flow that touches « other » or « unspecified » names nothing.
named as (
    select
        *,
        activity_code <> '*other'
        and country_code not in ('*other', '*unspecified') as is_named
    from flows
),

ranked as (
    select
        *,
        row_number() over (
            partition by year, territory_code, flow, is_named
            order by value_eur desc, activity_code, country_code
        ) as place
    from named
)

select
    ranked.year,
    ranked.territory_level,
    ranked.territory_code,
    territories.territory_name,
    ranked.flow,
    ranked.activity_code,
    activities.activity_name_fr,
    activities.activity_name_en,
    activities.activity_short_fr,
    activities.activity_short_en,
    ranked.country_code,
    countries.country_name_fr,
    countries.country_name_en,
    ranked.value_eur,
    {{ share('ranked.value_eur', 'totals.value_eur') }} as value_share,
    ranked.is_named and ranked.place <= {{ highlighted_flows }} as is_top_flow
from ranked
inner join totals
    on
        ranked.year = totals.year
        and ranked.territory_code = totals.territory_code
        and ranked.flow = totals.flow
inner join territories
    on ranked.territory_code = territories.territory_code
left join activities
    on ranked.activity_code = activities.activity_code
left join countries
    on ranked.country_code = countries.country_code
