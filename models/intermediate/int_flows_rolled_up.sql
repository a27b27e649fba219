{{ keyed_by('int_periods_selected', ['year']) }}

with flows as (
    select * from {{ ref('int_flows_summed') }}
),

nested as (
    select * from {{ ref('int_departments_nested') }}
),

by_department as (
    select
        year,
        flow,
        customs_department_code,
        activity_code,
        country_code,
        sum(value_eur) as value_eur,
        sum(mass_kg) as mass_kg
    from flows
    where {{ is_stale() }}
    group by all
),

rolled_up as (
    {{ roll_up(
        'by_department',
        ['year', 'flow', 'activity_code', 'country_code'],
        ['value_eur', 'mass_kg']
    ) }}
)

select
    year,
    territory_level,
    territory_code,
    flow,
    activity_code,
    country_code,
    value_eur,
    mass_kg
from rolled_up
