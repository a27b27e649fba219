with source as (
    select * from {{ ref('regions') }}
),

renamed as (
    select
        'R' || insee_code as territory_code,
        insee_code,
        customs_code,
        region_name,
        name_in_sentence_fr as name_with_article,
        genitive_fr as name_genitive,
        locative_fr as name_locative
    from source
)

select * from renamed
