-- A line whose customs region (field 5) is not the one of its department. The
-- department decides.
{{ config(severity='warn') }}

select
    lines.customs_department_code,
    lines.customs_region_code,
    territories.customs_code as expected_region_code,
    sum(lines.line_count) as line_count
from {{ ref('int_files_summed') }} as lines
inner join {{ ref('int_departments_completed') }} as departments
    on lines.customs_department_code = departments.customs_code
inner join {{ ref('dim_territory') }} as territories
    on departments.region_code = territories.territory_code
where lines.customs_region_code <> territories.customs_code
group by all
