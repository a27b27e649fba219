with lines as (
    select * from {{ ref('int_lines_placed') }}
),

flows as (
    select
        year,
        quarter,
        flow,
        territory_code,
        product_code,
        activity_code,
        country_code,
        cast(sum(value_eur) as bigint) as value_eur,
        cast(sum(mass_kg) as bigint) as mass_kg
    from lines
    group by all
)

select * from flows
