with source as (
    select * from {{ ref('descriptions_fr') }}
),

renamed as (
    select
        description_en,
        description_fr
    from source
)

select * from renamed
