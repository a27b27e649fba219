-- What has a code: territories, partners, activities and products, in the order of
-- `found`, a list of `kind code`.
with coded as (
    select
        'territory' as kind,
        territory_code as code,
        territory_name as name_fr,
        territory_name_en as name_en,
        level as detail
    from marts.dim_territory
    union all
    select
        'country',
        country_code,
        country_name_fr,
        country_name_en,
        case when is_country then 'country' else 'not a country' end
    from marts.dim_country
    union all
    select
        'activity',
        activity_code,
        activity_name_fr,
        activity_name_en,
        a38_name_en
    from marts.dim_activity
    union all
    select
        'product',
        product_code,
        product_name_fr,
        null,
        'of activity ' || activity_code
    from marts.dim_product
)

select *
from coded
where list_contains($found, kind || ' ' || code)
order by list_position($found, kind || ' ' || code)
