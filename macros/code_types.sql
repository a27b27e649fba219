{#-
  Types for codes: what the millions of lines are sorted and joined by.

  A type covers every code of its form, known or not, so nothing has to be read
  to make it and no code is ever refused for being new. Staging and intermediate
  models use them; marts are text.
-#}


{#- The type of a kind of code: `flow`, `pair` (two letters or digits:
    departments, regions, countries), `cpf4` (four digits), `a129` (four letters
    or digits), `level` and `territory` (`FR`, `R44`, `D52`, `D971`, `DZZ`). -#}
{% macro code_type(kind) -%}
    {{ return(adapter.dispatch('code_type')(kind)) }}
{%- endmacro %}

{% macro default__code_type(kind) -%}
    {{ dbt.type_string() }}
{%- endmacro %}

{#- A129 has 1.7 million possible codes, too many for a list. -#}
{% macro duckdb__code_type(kind) -%}
    {{ 'varchar' if kind == 'a129' else 'code_' ~ kind }}
{%- endmacro %}


{#- Makes the types that are not there yet. -#}
{% macro create_code_types() %}
    {{ return(adapter.dispatch('create_code_types')()) }}
{% endmacro %}

{% macro default__create_code_types() %}{% endmacro %}

{% macro duckdb__create_code_types() %}
    {% set pairs -%}
        with letters as (
            select unnest(
                string_split('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', '')
            ) as letter
        )
        select first.letter || second.letter as code
        from letters as first cross join letters as second
    {%- endset %}
    {% do run_query(
        "create type if not exists code_flow as enum ('export', 'import');"
        ~ "create type if not exists code_level as enum ('country', 'region', 'department');"
        ~ "create type if not exists code_cpf4 as enum ("
        ~ "select printf('%04d', number) from range(10000) as numbers (number));"
        ~ "create type if not exists code_pair as enum (" ~ pairs ~ " order by code);"
        ~ "create type if not exists code_territory as enum ("
        ~ "select 'FR' union all select 'R' || code from (" ~ pairs ~ ")"
        ~ " union all select 'D' || code from (" ~ pairs ~ ")"
        ~ " union all select 'D97' || number from range(10) as numbers (number))"
    ) %}
{% endmacro %}
