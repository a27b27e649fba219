-- Each year, each department that has a sheet has all six measures once; a
-- value has a class and its bounds, and without a value there is none.
{%- set measures = [
    'exports', 'imports', 'balance', 'coverage', 'top_destination_share',
    'top_origin_share',
] %}

with measures as (
    {%- for measure in measures %}
    select '{{ measure }}' as measure
    {{- "\n    union all" if not loop.last }}
    {%- endfor %}
),

expected as (
    select
        territories.year,
        territories.territory_code,
        measures.measure
    from {{ ref('rpt_factsheet_territories') }} as territories
    cross join measures
    where territories.territory_level = 'department' and territories.has_sheet
)

select
    expected.territory_code as expected_territory_code,
    expected.measure as expected_measure,
    map.*
from expected
full outer join {{ ref('rpt_site_map') }} as map
    on
        expected.year = map.year
        and expected.territory_code = map.territory_code
        and expected.measure = map.measure
where
    expected.territory_code is null
    or map.territory_code is null
    or (map.value is null) <> (map.class is null)
    or (map.value is null) <> (map.class_low is null)
    or (map.value is null) <> (map.class_high is null)
