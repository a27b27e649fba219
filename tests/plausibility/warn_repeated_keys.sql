-- Two lines of a file with the same key: they are summed, and customs may have
-- meant otherwise.
{{ config(severity='warn') }}

select
    year,
    quarter,
    flow,
    customs_department_code,
    product_code,
    activity_code,
    country_code,
    line_count
from {{ ref('int_flows_summed') }}
where line_count > 1
