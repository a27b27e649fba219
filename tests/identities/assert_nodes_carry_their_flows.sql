-- A node is worth the ribbons that touch it, and is at one of the first twelve
-- places: ten named, « unspecified », « other ».
with ribbons as (
    {%- for side in ['activity', 'country'] %}
    select
        year,
        territory_code,
        flow,
        '{{ side }}' as side,
        {{ side }}_code as member_code,
        sum(value_eur) as value_eur
    from {{ ref('rpt_factsheet_flows') }}
    group by all
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    nodes.*,
    ribbons.value_eur as ribbons_eur
from {{ ref('rpt_factsheet_nodes') }} as nodes
full outer join ribbons
    on
        nodes.year = ribbons.year
        and nodes.territory_code = ribbons.territory_code
        and nodes.flow = ribbons.flow
        and nodes.side = ribbons.side
        and nodes.member_code = ribbons.member_code
where
    nodes.value_eur is distinct from ribbons.value_eur
    or nodes.position > 12
