with source as (
    select * from {{ ref('tariff_measures') }}
),

renamed as (
    select
        measure_id,
        imposed_by,
        valid_from,
        valid_to,
        authority,
        legal_reference,
        scope,
        rate_kind,
        rate_pct,
        stacks,
        stacking_rule,
        hts_headings,
        evidence,
        source as measure_source
    from source
)

select * from renamed
