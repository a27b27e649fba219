with departments as (
    select * from {{ ref('int_departments_completed') }}
),

regions as (
    select * from {{ ref('stg_reference__regions') }}
),

members as (
    select * from {{ ref('stg_reference__territory_sets') }}
),

-- A set of departments lies in a region when all of them do.
sets as (
    select
        members.territory_code,
        max(members.territory_name) as territory_name,
        max(members.territory_name_en) as territory_name_en,
        max(members.name_with_article) as name_with_article,
        max(members.name_genitive) as name_genitive,
        max(members.name_locative) as name_locative,
        case
            when
                min(coalesce(departments.region_code, ''))
                = max(departments.region_code)
                then max(departments.region_code)
        end as region_code
    from members
    inner join departments
        on members.customs_code = departments.customs_code
    group by members.territory_code
),

territories as (
    select
        'FR' as territory_code,
        'country' as level,
        'France' as territory_name,
        'France' as territory_name_en,
        'la France' as name_with_article,
        'de la France' as name_genitive,
        'en France' as name_locative,
        cast(null as string) as region_code,
        cast(null as string) as customs_code,
        cast(null as string) as insee_codes,
        cast(null as string) as prefectures,
        true as is_known,
        cast(null as string) as label_vintage
    union all
    select
        territory_code,
        'region' as level,
        region_name as territory_name,
        region_name as territory_name_en,
        name_with_article,
        name_genitive,
        name_locative,
        null as region_code,
        customs_code,
        insee_code as insee_codes,
        null as prefectures,
        true as is_known,
        cast(null as string) as label_vintage
    from regions
    union all
    select
        territory_code,
        'department' as level,
        department_name as territory_name,
        department_name as territory_name_en,
        name_with_article,
        name_genitive,
        name_locative,
        region_code,
        customs_code,
        insee_code as insee_codes,
        prefectures,
        is_known,
        label_vintage
    from departments
    union all
    select
        territory_code,
        'set' as level,
        territory_name,
        territory_name_en,
        name_with_article,
        name_genitive,
        name_locative,
        region_code,
        null as customs_code,
        null as insee_codes,
        null as prefectures,
        true as is_known,
        null as label_vintage
    from sets
),

-- Regions that are one department, each with that department.
single as (
    select
        region_code,
        min(territory_code) as territory_code
    from territories
    where level = 'department'
    group by region_code
    having region_code is not null and count(*) = 1
)

select
    territories.territory_code,
    territories.level,
    territories.territory_name,
    territories.territory_name_en,
    territories.name_with_article,
    territories.name_genitive,
    territories.name_locative,
    territories.region_code,
    case when territories.level = 'department' then regions.region_name end
        as region_name,
    territories.territory_name
    || case
        when single.region_code = territories.territory_code then ' (région)'
        else ''
    end as territory_label,
    territories.customs_code,
    territories.insee_codes,
    territories.prefectures,
    territories.is_known,
    territories.label_vintage,
    -- « Not determined » is no place, and an unknown code has no name.
    territories.is_known and territories.territory_code <> 'D98' as has_sheet,
    single.region_code is not null as is_one_department,
    -- A department that is nowhere (not determined, unknown code) has no rank.
    territories.level = 'region'
    or (
        territories.level = 'department'
        and territories.region_code is not null
    ) as is_ranked
from territories
left join regions
    on territories.region_code = regions.territory_code
left join single
    on territories.territory_code in (single.region_code, single.territory_code)
