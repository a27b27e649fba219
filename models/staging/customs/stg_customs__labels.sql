{{ config(materialized='table') }}

with source as (
    {%- if uses_customs_dir() %}
    {{ customs_label_rows() }}
    {%- else %}
    select
        cast(null as string) as vintage,
        cast(null as string) as source_file,
        cast(null as string) as kind,
        cast(null as string) as code,
        cast(null as string) as label,
        cast(null as integer) as valid_from,
        cast(null as integer) as valid_to
    where false
    {%- endif %}
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
