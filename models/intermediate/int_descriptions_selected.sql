with descriptions as (
    select * from {{ ref('stg_reference__descriptions_fr') }}
)

select
    description_en,
    description_fr
from descriptions
