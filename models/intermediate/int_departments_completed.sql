{{ config(materialized='table') }}

with known as (
    select * from {{ ref('stg_reference__departments') }}
),

seen as (
    select cast(customs_department_code as string) as customs_department_code
    from {{ ref('int_files_summed') }}
    group by all
),

labels as (
    select * from {{ ref('int_labels_selected') }}
    where list_kind = 'department'
),

unknown as (
    select
        seen.customs_department_code,
        coalesce(
            {{ label_cut('labels.label', 32) }},
            seen.customs_department_code
        ) as department_name,
        labels.vintage as label_vintage
    from seen
    left join known
        on seen.customs_department_code = known.customs_code
    left join labels
        on seen.customs_department_code = labels.code
    where known.customs_code is null
),

completed as (
    select
        territory_code,
        customs_code,
        insee_code,
        department_name,
        name_with_article,
        name_genitive,
        name_locative,
        region_code,
        prefectures,
        true as is_known,
        null as label_vintage
    from known
    union all
    select
        'D' || customs_department_code as territory_code,
        customs_department_code as customs_code,
        null as insee_code,
        department_name,
        'le département ' || department_name as name_with_article,
        'du département ' || department_name as name_genitive,
        'dans le département ' || department_name as name_locative,
        null as region_code,
        null as prefectures,
        false as is_known,
        label_vintage
    from unknown
)

select * from completed
