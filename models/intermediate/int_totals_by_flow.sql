with quarters as (
    select * from {{ ref('int_quarters_rolled_up') }}
),

totals as (
    select
        year,
        territory_level,
        territory_code,
        flow,
        cast(sum(value_eur) as bigint) as value_eur,
        cast(sum(eu_value_eur) as bigint) as eu_value_eur
    from quarters
    group by year, territory_level, territory_code, flow
)

select * from totals
