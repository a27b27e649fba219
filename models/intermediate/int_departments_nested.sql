with departments as (
    select * from {{ ref('int_departments_completed') }}
),

nested as (
    select
        customs_code,
        territory_code as department_code,
        'department' as territory_level,
        territory_code
    from departments
    union all
    select
        customs_code,
        territory_code as department_code,
        'region' as territory_level,
        region_code as territory_code
    from departments
    where region_code is not null
    union all
    select
        customs_code,
        territory_code as department_code,
        'country' as territory_level,
        'FR' as territory_code
    from departments
)

select * from nested
