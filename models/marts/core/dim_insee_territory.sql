with departments as (
    select * from {{ ref('stg_reference__departments') }}
),

regions as (
    select * from {{ ref('stg_reference__regions') }}
),

-- Corse is one customs department for two INSEE ones: '2A|2B'.
coded as (
    {%- for place in [1, 2] %}
    select
        'department' as level,
        split_part(insee_code, '|', {{ place }}) as insee_code,
        territory_code
    from departments
    union all
    {%- endfor %}
    select
        'region' as level,
        insee_code,
        territory_code
    from regions
)

select *
from coded
where insee_code <> ''
