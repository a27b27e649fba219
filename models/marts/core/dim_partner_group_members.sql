with members as (
    select * from {{ ref('int_partner_groups_completed') }}
)

select
    partner_group,
    group_name_fr,
    group_name_en,
    country_code,
    {{ first_day_of_month('valid_from') }} as member_from,
    {{ last_day_of_month('valid_to') }} as member_until
from members
