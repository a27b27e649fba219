with departments as (
    select * from {{ ref('int_departments_completed') }}
),

regions as (
    select * from {{ ref('stg_reference__regions') }}
),

territories as (
    select
        'FR' as territory_code,
        'country' as territory_level,
        'France' as territory_name,
        'la France' as name_with_article,
        'de la France' as name_genitive,
        'en France' as name_locative,
        cast(null as varchar) as region_code,
        cast(null as varchar) as customs_code,
        cast(null as varchar) as insee_code,
        true as is_known,
        cast(null as varchar) as label_vintage
    union all
    select
        territory_code,
        'region' as territory_level,
        region_name as territory_name,
        name_with_article,
        name_genitive,
        name_locative,
        null as region_code,
        customs_code,
        insee_code,
        true as is_known,
        cast(null as varchar) as label_vintage
    from regions
    union all
    select
        territory_code,
        'department' as territory_level,
        department_name as territory_name,
        name_with_article,
        name_genitive,
        name_locative,
        region_code,
        customs_code,
        insee_code,
        is_known,
        label_vintage
    from departments
),

-- Regions that are one department, each with that department.
single as (
    select
        region_code,
        min(territory_code) as territory_code
    from territories
    where territory_level = 'department'
    group by region_code
    having region_code is not null and count(*) = 1
)

select
    territories.*,
    -- « Not determined » is no place, and an unknown code has no name.
    territories.is_known and territories.territory_code <> 'D98' as has_sheet,
    single.region_code is not null as is_one_department,
    -- A department that is nowhere (not determined, unknown code) has no rank.
    territories.territory_level = 'region'
    or (
        territories.territory_level = 'department'
        and territories.region_code is not null
    ) as is_ranked
from territories
left join single
    on territories.territory_code in (single.region_code, single.territory_code)
