with source as (
    select * from {{ ref('countries') }}
),

renamed as (
    select
        country_code,
        valid_from,
        valid_to,
        label_official,
        country_name_fr,
        country_name_en,
        name_in_sentence_fr as name_with_article,
        genitive_fr as name_genitive,
        locative_fr as name_locative,
        iso_alpha2,
        iso_alpha3,
        eu_member_from,
        eu_member_to,
        category
    from source
)

select * from renamed
