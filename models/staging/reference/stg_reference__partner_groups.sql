with source as (
    select * from {{ ref('partner_groups') }}
),

renamed as (
    select
        group_code as partner_group,
        group_name_fr,
        group_name_en,
        country_code,
        valid_from,
        valid_to,
        source as group_source
    from source
)

select * from renamed
