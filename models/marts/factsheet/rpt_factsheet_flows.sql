{%- set highlighted_flows = 5 %}

with cells as (
    select * from {{ ref('int_factsheet_members_named') }}
),

totals as (
    select * from {{ ref('int_totals_by_flow') }}
),

flows as (
    select
        year,
        territory_level,
        territory_code,
        flow,
        activity_member as activity_code,
        country_member as country_code,
        cast(sum(value_eur) as bigint) as value_eur,
        -- A flow that touches « other » or « unspecified » names nothing.
        activity_member <> '*other'
        and country_member not in ('*other', '*unspecified') as is_named
    from cells
    group by all
),

ranked as (
    select
        *,
        row_number() over (
            partition by year, territory_code, flow, is_named
            order by value_eur desc, activity_code, country_code
        ) as place
    from flows
)

select
    ranked.year,
    ranked.territory_level,
    ranked.territory_code,
    ranked.flow,
    ranked.activity_code,
    ranked.country_code,
    ranked.value_eur,
    {{ share('ranked.value_eur', 'totals.value_eur') }} as value_share,
    ranked.is_named and ranked.place <= {{ highlighted_flows }} as is_top_flow
from ranked
inner join totals
    on
        ranked.year = totals.year
        and ranked.territory_code = totals.territory_code
        and ranked.flow = totals.flow
