with source as (
    select * from {{ ref('departments') }}
),

renamed as (
    select
        -- Corse (2A and 2B under one customs code), Monaco and « not
        -- determined » have no single INSEE code and keep the customs one.
        'D' || case
            when insee_code is null or insee_code like '%|%'
                then customs_code
            else insee_code
        end as territory_code,
        customs_code,
        insee_code,
        department_name,
        name_in_sentence_fr as name_with_article,
        genitive_fr as name_genitive,
        locative_fr as name_locative,
        'R' || insee_region_code as region_code,
        prefectures
    from source
)

select * from renamed
