with source as (
    select * from {{ ref('other_names') }}
),

renamed as (
    select
        member_kind,
        member_code,
        other_names_fr,
        other_names_en
    from source
)

select * from renamed
