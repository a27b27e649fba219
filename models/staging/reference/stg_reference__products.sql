with source as (
    select * from {{ ref('products') }}
),

renamed as (
    select
        product_code,
        product_name_fr,
        activity_code,
        is_goods
    from source
)

select * from renamed
