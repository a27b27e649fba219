{{ config(
    materialized='keyed',
    keys_in='int_periods_selected',
    key_columns=['year', 'quarter'],
) }}

-- depends_on: {{ ref('int_periods_selected') }}
with flows as (
    select * from {{ ref('int_flows_summed') }}
),

countries as (
    select * from {{ ref('int_countries_completed') }}
),

nested as (
    select * from {{ ref('int_departments_nested') }}
),

by_partner as (
    select
        year,
        quarter,
        flow,
        customs_department_code,
        country_code,
        sum(value_eur) as value_eur
    from flows
    where {{ is_stale() }}
    group by all
),

by_department as (
    select
        by_partner.year,
        by_partner.quarter,
        by_partner.flow,
        by_partner.customs_department_code,
        sum(by_partner.value_eur) as value_eur,
        -- A member in the last month of the quarter counts for the quarter.
        coalesce(sum(by_partner.value_eur) filter (
            where by_partner.year * 100 + by_partner.quarter * 3
            between countries.eu_member_from
            and coalesce(countries.eu_member_to, 999912)
        ), 0) as eu_value_eur
    from by_partner
    inner join countries
        on by_partner.country_code = countries.country_code
    group by all
),

rolled_up as (
    select
        by_department.year,
        by_department.quarter,
        nested.territory_level,
        nested.territory_code,
        by_department.flow,
        cast(sum(by_department.value_eur) as bigint) as value_eur,
        cast(sum(by_department.eu_value_eur) as bigint) as eu_value_eur
    from by_department
    inner join nested
        on by_department.customs_department_code = nested.customs_code
    group by all
)

select
    year,
    quarter,
    cast(territory_level as varchar) as territory_level,
    cast(territory_code as varchar) as territory_code,
    cast(flow as varchar) as flow,
    value_eur,
    eu_value_eur
from rolled_up
