{{ keyed_by('stg_customs__files', ['file_id']) }}
{{ config(
    post_hook="{{ refuse_changed_files(ref('stg_customs__files')) }}",
) }}

with raw_lines as (
    {{ customs_raw_lines(ref('stg_customs__files'), is_stale()) }}
),

-- The official header is not one of them.
well_formed as (
    select
        file_id,
        {{ fields_of_line('raw_line') }} as fields
    from raw_lines
    where {{ customs_line_is_well_formed('raw_line') }}
),

lines as (
    select
        file_id,
        {{ field('fields', 1) }} as flux,
        {{ field('fields', 2) }} as trimestre,
        {{ field('fields', 3) }} as annee,
        {{ field('fields', 4) }} as departement,
        {{ field('fields', 5) }} as region,
        {{ field('fields', 6) }} as a129,
        {{ field('fields', 7) }} as cpf4,
        {{ field('fields', 8) }} as pays,
        {{ field('fields', 9) }} as valeur,
        {{ field('fields', 10) }} as masse
    from well_formed
),

typed as (
    select
        file_id,
        cast(
            case flux when 'I' then 'import' when 'E' then 'export' end
            as {{ code_type('flow') }}
        ) as flow,
        cast(annee as integer) as year,
        cast(trimestre as integer) as quarter,
        cast(departement as {{ code_type('pair') }})
            as customs_department_code,
        cast(region as {{ code_type('pair') }}) as customs_region_code,
        cast(a129 as {{ code_type('a129') }}) as activity_code,
        cast(cpf4 as {{ code_type('cpf4') }}) as product_code,
        cast(pays as {{ code_type('pair') }}) as country_code,
        cast(valeur as bigint) as value_eur,
        cast(masse as bigint) as mass_kg
    from lines
)

select * from typed
