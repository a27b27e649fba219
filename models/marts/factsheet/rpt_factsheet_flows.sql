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
    select * from {{ ref('int_activity_nodes_named') }}
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
            order by
                value_eur desc nulls last,
                activity_code nulls last,
                country_code nulls last
        ) as place
    from named
),

marked as (
    select
        *,
        is_named and place <= {{ highlighted_flows }} as is_top_flow
    from ranked
),

summed as (
    select
        *,
        sum(case when is_top_flow then value_eur end) over (
            partition by year, territory_code, flow
        ) as top_flows_eur
    from marked
)

select
    summed.year,
    summed.territory_level,
    summed.territory_code,
    territories.territory_name,
    summed.flow,
    summed.activity_code,
    activities.name_fr as activity_name_fr,
    activities.name_en as activity_name_en,
    activities.short_fr as activity_short_fr,
    activities.short_en as activity_short_en,
    summed.country_code,
    countries.country_name_fr,
    countries.country_name_en,
    summed.value_eur,
    {{ share('summed.value_eur', 'totals.value_eur') }} as value_share,
    {{ share('summed.top_flows_eur', 'totals.value_eur') }} as top_flows_share,
    summed.is_top_flow
from summed
inner join totals
    on
        summed.year = totals.year
        and summed.territory_code = totals.territory_code
        and summed.flow = totals.flow
inner join territories
    on summed.territory_code = territories.territory_code
left join activities
    on summed.activity_code = activities.node_code
left join countries
    on summed.country_code = countries.country_code
