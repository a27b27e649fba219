-- Ranks run from 1 without a gap, values fall with them, and ties follow the
-- code.
with ordered as (
    select
        *,
        row_number() over (
            partition by year, territory_code, flow, ranked_by
            order by rank nulls last
        ) as place,
        lag(value_eur) over (
            partition by year, territory_code, flow, ranked_by
            order by rank nulls last
        ) as value_before,
        coalesce(activity_code, country_code, product_code) as member_code,
        lag(coalesce(activity_code, country_code, product_code)) over (
            partition by year, territory_code, flow, ranked_by
            order by rank nulls last
        ) as member_before
    from {{ ref('fct_rankings') }}
)

select *
from ordered
where
    rank <> place
    or value_eur > value_before
    or (value_eur = value_before and member_code <= member_before)
