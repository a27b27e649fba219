{{ keyed_by('int_periods_selected', ['year', 'quarter']) }}

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
    {{ roll_up(
        'by_department',
        ['year', 'quarter', 'flow'],
        ['value_eur', 'eu_value_eur']
    ) }}
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
