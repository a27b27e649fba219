with countries as (
    select * from {{ ref('int_countries_completed') }}
)

select
    country_code,
    country_name_fr,
    country_name_en,
    name_with_article,
    name_genitive,
    name_locative,
    iso_alpha2,
    iso_alpha3,
    {{ first_day_of_month('eu_member_from') }} as eu_member_from,
    {{ last_day_of_month('eu_member_to') }} as eu_member_to,
    is_country,
    is_known,
    label_vintage
from countries
