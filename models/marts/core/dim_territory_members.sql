with nested as (
    select * from {{ ref('int_departments_nested') }}
),

departments as (
    select * from {{ ref('int_departments_completed') }}
)

select
    cast(nested.territory_code as string) as territory_code,
    cast(nested.territory_level as string) as level,
    departments.territory_code as department_code
from nested
inner join departments
    on nested.customs_code = departments.customs_code
