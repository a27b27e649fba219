with other_names as (
    select * from {{ ref('stg_reference__other_names') }}
)

select
    member_kind,
    member_code,
    nullif(other_names_fr, '') as other_names_fr,
    nullif(other_names_en, '') as other_names_en
from other_names
