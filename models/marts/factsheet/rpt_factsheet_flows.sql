{%- set highlighted_flows = 5 %}

with cells as (
    select * from {{ ref('int_factsheet_members_named') }}
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
    year,
    territory_level,
    territory_code,
    flow,
    activity_code,
    country_code,
    value_eur,
    is_named and place <= {{ highlighted_flows }} as is_top_flow
from ranked
