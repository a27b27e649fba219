{#- dbt knows the marts when it runs, not when it reads the project. A build
    from nothing (`--empty`) has no French either. -#}
{%- set rows = mart_rows() if execute and not flags.EMPTY else [] -%}

with translated as (
    select * from {{ ref('int_descriptions_selected') }}
),

listed as (
    {{ rows_of_json(text_literal(tojson(rows)), {
        'mart_name': 'string',
        'description': 'string',
        'key_columns': 'string',
        'is_view': 'boolean',
    }) }}
)

select
    listed.mart_name,
    listed.description,
    translated.description_fr,
    listed.key_columns,
    listed.is_view
from listed
left join translated
    on listed.description = translated.description_en
