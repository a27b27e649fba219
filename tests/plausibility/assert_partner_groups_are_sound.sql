-- Every member of a partner group is a country, ends after it begins, and is
-- there once at a time. Who edited seeds/reference/partner_groups.csv mends it.
with groups as (
    select * from {{ ref('partner_groups') }}
),

countries as (
    select * from {{ ref('countries') }}
    where category <> 'special'
),

misread as (
    select
        groups.group_code,
        groups.country_code,
        'no country has this code' as reason
    from groups
    left join countries
        on groups.country_code = countries.country_code
    where countries.country_code is null
    union all
    select
        group_code,
        country_code,
        'it ends before it begins' as reason
    from groups
    where valid_to < valid_from
    union all
    select
        first_row.group_code,
        first_row.country_code,
        'it is a member twice at the same time' as reason
    from groups as first_row
    inner join groups as second_row
        on
            first_row.group_code = second_row.group_code
            and first_row.country_code = second_row.country_code
            and first_row.valid_from <= second_row.valid_to
            and first_row.valid_to >= second_row.valid_from
    group by first_row.group_code, first_row.country_code
    having count(*) > count(distinct first_row.valid_from)
    union all
    select
        group_code,
        cast(null as string) as country_code,
        'EU and NON_EU come from the dates of countries.csv' as reason
    from groups
    where group_code in ('EU', 'NON_EU')
)

select
    group_code,
    country_code,
    reason
from misread
