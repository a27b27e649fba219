with countries as (
    select * from {{ ref('int_countries_completed') }}
),

other_names as (
    select * from {{ ref('int_other_names_selected') }}
    where member_kind = 'country'
)

select
    countries.country_code,
    countries.country_name_fr,
    countries.country_name_en,
    countries.name_with_article,
    countries.name_genitive,
    countries.name_locative,
    countries.iso_alpha2,
    countries.iso_alpha3,
    {{ first_day_of_month('countries.eu_member_from') }} as eu_member_from,
    {{ last_day_of_month('countries.eu_member_to') }} as eu_member_to,
    countries.is_country,
    countries.is_known,
    countries.label_vintage,
    other_names.other_names_fr,
    other_names.other_names_en
from countries
left join other_names
    on countries.country_code = other_names.member_code
