with source as (
    select * from {{ ref('tariff_measure_activities') }}
),

renamed as (
    select
        measure_id,
        activity_pattern,
        coverage,
        basis
    from source
)

select * from renamed
