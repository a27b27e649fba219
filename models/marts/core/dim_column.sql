{#- dbt knows the columns when it runs, not when it reads the project. -#}
{%- set rows = dictionary_rows() if execute else [] -%}

with listed (
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
    cast(mart_name as varchar) as mart_name,
    cast(position as integer) as position,
    cast(column_name as varchar) as column_name,
    cast(data_type as varchar) as data_type,
    cast(description as varchar) as description,
    cast(is_key as boolean) as is_key,
    cast(refers_to as varchar) as refers_to,
    cast(is_additive as boolean) as is_additive,
    cast(additive_within as varchar) as additive_within
from listed
