{{ config(materialized='table') }}

{#- Known at run time only: the sample, or the files that lie in the folder. -#}
{%- if not uses_customs_dir() %}

with source as (
    {%- for seed in sample_seeds() %}
    select
        'simulated' as vintage,
        {{ text_literal(seed ~ '.csv') }} as source_file,
        flux,
        trimestre,
        annee,
        departement,
        region,
        a129,
        cpf4,
        pays,
        valeur,
        masse
    from {{ ref(seed) }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

{%- elif execute %}

with raw_lines as (
    {{ customs_raw_lines() }}
),

well_formed as (
    select
        vintage,
        source_file,
        string_split(raw_line, ';') as fields
    from raw_lines
    where regexp_full_match(raw_line, {{ customs_line_pattern() }})
),

source as (
    select
        vintage,
        source_file,
        fields[1] as flux,
        cast(fields[2] as integer) as trimestre,
        cast(fields[3] as integer) as annee,
        fields[4] as departement,
        fields[5] as region,
        fields[6] as a129,
        fields[7] as cpf4,
        fields[8] as pays,
        cast(fields[9] as bigint) as valeur,
        cast(fields[10] as bigint) as masse
    from well_formed
),

{%- else %}

with source as (select 1 as vintage),

{%- endif %}

renamed as (
    select
        vintage,
        source_file,
        case flux when 'I' then 'import' when 'E' then 'export' end as flow,
        annee as year,
        trimestre as quarter,
        departement as customs_department_code,
        region as customs_region_code,
        a129 as activity_code,
        cpf4 as product_code,
        pays as country_code,
        valeur as value_eur,
        masse as mass_kg
    from source
)

select * from renamed
