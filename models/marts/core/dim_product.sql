with products as (
    select * from {{ ref('int_products_completed') }}
)

select
    product_code,
    product_name_fr,
    activity_code,
    is_known,
    label_vintage
from products
