with departments as (
    select * from {{ ref('int_departments_completed') }}
),

sets as (
    select * from {{ ref('stg_reference__territory_sets') }}
),

nested as (
    select
        customs_code,
        'department' as territory_level,
        territory_code
    from departments
    union all
    select
        customs_code,
        'region' as territory_level,
        region_code as territory_code
    from departments
    where region_code is not null
    union all
    select
        customs_code,
        'set' as territory_level,
        territory_code
    from sets
    union all
    select
        customs_code,
        'country' as territory_level,
        'FR' as territory_code
    from departments
)

select
    cast(customs_code as {{ code_type('pair') }}) as customs_code,
    cast(territory_level as {{ code_type('level') }}) as territory_level,
    cast(territory_code as {{ code_type('territory') }}) as territory_code
from nested
