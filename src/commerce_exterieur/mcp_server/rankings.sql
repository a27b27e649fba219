-- The first partners, activities or products of a territory in a year and flow.
select
    rankings.year,
    rankings.territory_code,
    rankings.flow,
    rankings.ranked_by,
    rankings.rank,
    coalesce(
        rankings.country_code, rankings.activity_code, rankings.product_code
    ) as code,
    coalesce(
        countries.country_name_fr,
        activities.activity_name_fr,
        products.product_name_fr
    ) as name_fr,
    coalesce(countries.country_name_en, activities.activity_name_en) as name_en,
    rankings.value_eur,
    rankings.value_share,
    rankings.cumulative_share
from marts.fct_rankings as rankings
left join marts.dim_country as countries
    on rankings.country_code = countries.country_code
left join marts.dim_activity as activities
    on rankings.activity_code = activities.activity_code
left join marts.dim_product as products
    on rankings.product_code = products.product_code
where
    rankings.year = $year
    and rankings.territory_code = $territory_code
    and rankings.flow = $flow
    and rankings.ranked_by = $ranked_by
    and rankings.rank <= $first
order by rankings.rank
