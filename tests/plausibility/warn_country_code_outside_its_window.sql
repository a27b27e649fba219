-- A partner code used in a quarter outside all its validity windows: it may
-- have a new meaning that the reference list does not know yet.
{{ config(severity='warn') }}

select
    lines.country_code,
    lines.year,
    lines.quarter,
    sum(lines.line_count) as line_count
from {{ ref('int_flows_summed') }} as lines
inner join {{ ref('dim_country') }} as countries
    on lines.country_code = countries.country_code and countries.is_known
left join {{ ref('stg_reference__countries') }} as windows
    on
        lines.country_code = windows.country_code
        and lines.year * 100 + lines.quarter * 3
        between windows.valid_from and windows.valid_to
where windows.country_code is null
group by all
