{{ config(materialized='table') }}

with flows as (
    select * from {{ ref('int_flows_rolled_up') }}
),

countries as (
    select * from {{ ref('int_countries_completed') }}
),

summed as (
    {%- for ranked_by in ['country', 'activity', 'product'] %}
    select
        year,
        territory_level,
        territory_code,
        flow,
        '{{ ranked_by }}' as ranked_by,
        {{ ranked_by }}_code as member_code,
        cast(sum(value_eur) as bigint) as value_eur
    from flows
    group by all
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

-- Supplies, corrections and the like keep their value in the total but are
-- nobody's partner.
rankable as (
    select summed.*
    from summed
    left join countries
        on
            summed.ranked_by = 'country'
            and summed.member_code = countries.country_code
    where coalesce(countries.is_country, true)
),

ranked as (
    select
        *,
        cast(row_number() over (
            partition by year, territory_code, flow, ranked_by
            order by value_eur desc, member_code
        ) as integer) as rank
    from rankable
)

select * from ranked
