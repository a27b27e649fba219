{{ keyed_by('int_periods_selected', ['year']) }}

with quarters as (
    select * from {{ ref('int_quarter_members_rolled_up') }}
    where {{ is_stale() }}
),

products as (
    select * from {{ ref('int_products_rolled_up') }}
    where {{ is_stale() }}
),

countries as (
    select * from {{ ref('int_countries_completed') }}
),

summed as (
    select
        year,
        territory_level,
        territory_code,
        flow,
        dimension as ranked_by,
        member_code,
        cast(sum(value_eur) as bigint) as value_eur
    from quarters
    group by all
    union all
    select
        year,
        cast(territory_level as string) as territory_level,
        cast(territory_code as string) as territory_code,
        cast(flow as string) as flow,
        'product' as ranked_by,
        cast(product_code as string) as member_code,
        value_eur
    from products
),

-- Supplies, corrections and the like keep their value in the total but are
-- nobody's partner: they have no rank.
compared as (
    select
        summed.*,
        coalesce(countries.is_country, true) as has_rank
    from summed
    left join countries
        on
            summed.ranked_by = 'country'
            and summed.member_code = countries.country_code
),

ranked as (
    select
        year,
        territory_level,
        territory_code,
        flow,
        ranked_by,
        member_code,
        value_eur,
        case when has_rank then cast(row_number() over (
            partition by year, territory_code, flow, ranked_by, has_rank
            order by value_eur desc nulls last, member_code nulls last
        ) as integer) end as rank
    from compared
)

select * from ranked
