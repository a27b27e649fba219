{{ config(
    materialized='keyed',
    keys_in='int_periods_selected',
    key_columns=['year'],
) }}

-- depends_on: {{ ref('int_periods_selected') }}
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

-- A department is itself already: only the larger territories add up.
rolled_up as (
    select
        by_department.year,
        nested.territory_level,
        nested.territory_code,
        by_department.flow,
        by_department.product_code,
        by_department.value_eur
    from by_department
    inner join nested
        on by_department.customs_department_code = nested.customs_code
    where nested.territory_level = 'department'
    union all
    select
        by_department.year,
        nested.territory_level,
        nested.territory_code,
        by_department.flow,
        by_department.product_code,
        sum(by_department.value_eur) as value_eur
    from by_department
    inner join nested
        on by_department.customs_department_code = nested.customs_code
    where nested.territory_level <> 'department'
    group by all
)

select
    year,
    territory_level,
    territory_code,
    flow,
    product_code,
    cast(value_eur as bigint) as value_eur
from rolled_up
