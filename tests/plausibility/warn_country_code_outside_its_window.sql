-- A partner code used in a quarter outside all its validity windows: it may
-- have a new meaning that the reference list does not know yet.
{{ config(severity='warn') }}

with used as (
    select
        country_code,
        year,
        quarter,
        sum(line_count) as line_count
    from {{ ref('int_flows_summed') }}
    group by country_code, year, quarter
)

select used.*
from used
inner join {{ ref('dim_country') }} as countries
    on used.country_code = countries.country_code and countries.is_known
left join {{ ref('stg_reference__countries') }} as windows
    on
        used.country_code = windows.country_code
        and used.year * 100 + used.quarter * 3
        between windows.valid_from and windows.valid_to
where windows.country_code is null
