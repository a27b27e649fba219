with source as (
    select * from {{ ref('attribution_notes') }}
),

renamed as (
    select
        customs_code,
        flow,
        activity_code,
        reason,
        subject,
        source as note_source
    from source
)

select * from renamed
