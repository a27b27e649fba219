with groups as (
    select * from {{ ref('stg_reference__partner_groups') }}
),

countries as (
    select * from {{ ref('int_countries_completed') }}
    where is_country
),

-- Members of the Union, and everybody else, by the dates of the countries.
union_members as (
    select
        'EU' as partner_group,
        'Union européenne' as group_name_fr,
        'European Union' as group_name_en,
        country_code,
        eu_member_from as valid_from,
        coalesce(eu_member_to, 999912) as valid_to
    from countries
    where eu_member_from is not null
    union all
    select
        'NON_EU' as partner_group,
        'Pays hors de l’Union européenne' as group_name_fr,
        'Countries outside the European Union' as group_name_en,
        country_code,
        190001 as valid_from,
        coalesce({{ month_before('eu_member_from') }}, 999912) as valid_to
    from countries
    union all
    select
        'NON_EU' as partner_group,
        'Pays hors de l’Union européenne' as group_name_fr,
        'Countries outside the European Union' as group_name_en,
        country_code,
        {{ month_after('eu_member_to') }} as valid_from,
        999912 as valid_to
    from countries
    where eu_member_to is not null
),

completed as (
    select
        partner_group,
        group_name_fr,
        group_name_en,
        country_code,
        valid_from,
        valid_to
    from groups
    union all
    select * from union_members
)

select * from completed
