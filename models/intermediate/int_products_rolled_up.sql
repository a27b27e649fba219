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
        product_code,
        sum(value_eur) as value_eur
    from flows
    where {{ is_stale() }}
    group by all
),

rolled_up as (
    {{ roll_up(
        'by_department',
        ['year', 'flow', 'product_code'],
        ['value_eur']
    ) }}
)

select
    year,
    territory_level,
    territory_code,
    flow,
    product_code,
    value_eur
from rolled_up
