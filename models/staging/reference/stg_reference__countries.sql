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
        iso_alpha2,
        iso_alpha3,
        eu_member_from,
        eu_member_to,
        category
    from source
)

select * from renamed
