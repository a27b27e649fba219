{{ config(materialized='table') }}

with source as (
    {{ rows_of_json(customs_labels() if uses_customs_dir() else "'[]'", {
        'vintage': 'string',
        'source_file': 'string',
        'kind': 'string',
        'code': 'string',
        'label': 'string',
        'valid_from': 'integer',
        'valid_to': 'integer',
    }) }}
),

renamed as (
    select
        vintage,
        source_file,
        kind as list_kind,
        code,
        label,
        valid_from,
        valid_to
    from source
)

select * from renamed
