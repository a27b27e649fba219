{#- dbt knows the columns when it runs, not when it reads the project. A build
    from nothing (`--empty`) has no French either. -#}
{%- set rows = dictionary_rows() if execute and not flags.EMPTY else [] -%}

with translated as (
    select * from {{ ref('int_descriptions_selected') }}
),

listed (
    mart_name,
    position,
    column_name,
    data_type,
    description,
    is_key,
    refers_to,
    is_additive,
    additive_within
) as (
    values
    {{ rows | join(',\n    ') or '(' ~ (['null'] * 9) | join(', ') ~ ')' }}
)

select
    cast(listed.mart_name as string) as mart_name,
    cast(listed.position as integer) as position,
    cast(listed.column_name as string) as column_name,
    cast(listed.data_type as string) as data_type,
    cast(listed.description as string) as description,
    cast(translated.description_fr as string) as description_fr,
    cast(listed.is_key as boolean) as is_key,
    cast(listed.refers_to as string) as refers_to,
    cast(listed.is_additive as boolean) as is_additive,
    cast(listed.additive_within as string) as additive_within
from listed
left join translated
    on listed.description = translated.description_en
where listed.mart_name is not null
