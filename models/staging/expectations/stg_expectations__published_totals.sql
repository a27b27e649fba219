with source as (
    select * from {{ ref('published_totals') }}
),

renamed as (
    select
        territory_code,
        year,
        flow,
        scope,
        source as published_by,
        cast(value_meur * 1000000 as bigint) as published_eur,
        cast(half_unit_meur * 1000000 as bigint) as half_unit_eur
    from source
)

select * from renamed
