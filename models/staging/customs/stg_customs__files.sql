{{ config(materialized='table') }}

{#- Known at run time only, as for the lines. -#}
{%- if execute %}
with source as (
    {{ customs_file_hashes() }}
),
{%- else %}
with source as (select 1 as vintage),
{%- endif %}

described as (
    select
        vintage,
        source_file,
        file_sha256,
        case
            when upper(source_file) like '%CPF4PAYS%' then 'rolling'
            else 'annual'
        end as file_kind,
        row_number() over (
            partition by vintage, file_sha256
            order by source_file
        ) > 1 as is_repeated
    from source
)

select * from described
