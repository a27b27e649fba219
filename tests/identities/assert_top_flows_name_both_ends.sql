-- Five highlighted flows, fewer only where fewer are named, never one that
-- touches « other » or « unspecified », never a smaller one before a larger.
with flows as (
    select
        *,
        activity_code <> '*other'
        and country_code not in ('*other', '*unspecified') as is_named
    from {{ ref('rpt_factsheet_flows') }}
)

select
    year,
    territory_code,
    flow,
    count(*) filter (where is_top_flow) as top_flows
from flows
group by year, territory_code, flow
having
    count(*) filter (where is_top_flow)
    <> least(5, count(*) filter (where is_named))
    or count(*) filter (where is_top_flow and not is_named) > 0
    or min(value_eur) filter (where is_top_flow)
    < max(value_eur) filter (where is_named and not is_top_flow)
