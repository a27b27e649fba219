-- Ribbons, both columns of nodes and the treemap of every territory add up to
-- its flow, to the euro, and to the whole of its share.
with expected as (
    select
        year,
        territory_code,
        flow,
        value_eur
    from {{ ref('fct_share_ratios') }}
),

measured as (
    select
        'flows' as diagram,
        year,
        territory_code,
        flow,
        sum(value_eur) as value_eur
    from {{ ref('rpt_factsheet_flows') }}
    group by year, territory_code, flow
    union all
    select
        'nodes by ' || side as diagram,
        year,
        territory_code,
        flow,
        sum(value_eur) as value_eur
    from {{ ref('rpt_factsheet_nodes') }}
    group by year, territory_code, flow, side
    union all
    select
        'activities' as diagram,
        year,
        territory_code,
        flow,
        sum(value_eur) as value_eur
    from {{ ref('rpt_factsheet_activities') }}
    group by year, territory_code, flow
)

select
    measured.diagram,
    expected.*,
    measured.value_eur as diagram_eur
from expected
left join measured
    on
        expected.year = measured.year
        and expected.territory_code = measured.territory_code
        and expected.flow = measured.flow
where
    expected.value_eur is distinct from measured.value_eur
