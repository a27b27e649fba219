with source as (
    select * from {{ ref('activities') }}
),

renamed as (
    select
        activity_code,
        activity_name_fr,
        activity_name_en,
        activity_short_fr,
        activity_short_en,
        activity_abbreviation_fr,
        activity_abbreviation_en,
        a38_code,
        a38_name_fr,
        a38_name_en,
        a38_short_fr,
        a38_short_en,
        a17_code,
        a17_name_fr,
        a17_name_en,
        is_energy
    from source
)

select * from renamed
