{#- dbt knows the marts when it runs, not when it reads the project. A build
    from nothing (`--empty`) has no French either. -#}
{%- set rows = mart_rows() if execute and not flags.EMPTY else [] -%}

with translated as (
    select * from {{ ref('int_descriptions_selected') }}
),

listed (
    mart_name,
    description,
    key_columns,
    is_view
) as (
    values
    {{ rows | join(',\n    ') or '(' ~ (['null'] * 4) | join(', ') ~ ')' }}
)

select
    cast(listed.mart_name as string) as mart_name,
    cast(listed.description as string) as description,
    cast(translated.description_fr as string) as description_fr,
    cast(listed.key_columns as string) as key_columns,
    cast(listed.is_view as boolean) as is_view
from listed
left join translated
    on listed.description = translated.description_en
where listed.mart_name is not null
