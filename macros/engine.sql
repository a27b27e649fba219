{#- What only one engine can say, one branch per engine. -#}


{#- Name and version of the engine, text. -#}
{% macro engine_version() -%}
    {{ return(adapter.dispatch('engine_version')()) }}
{%- endmacro %}

{% macro duckdb__engine_version() -%}
    'duckdb ' || version()
{%- endmacro %}


{#- JSON text of the source files: [{name, vintage, sha256, lines}, …]. -#}
{% macro json_list_of_files() -%}
    {{ return(adapter.dispatch('json_list_of_files')()) }}
{%- endmacro %}

{% macro duckdb__json_list_of_files() -%}
    '[' || string_agg(
        json_object(
            'name', source_file,
            'vintage', vintage,
            'sha256', file_sha256,
            'lines', lines_kept + lines_rejected
        ), ', ' order by vintage, source_file
    ) || ']'
{%- endmacro %}


{#- The moment of the statement in UTC, a timestamp without time zone. -#}
{% macro utc_now() -%}
    {{ return(adapter.dispatch('utc_now')()) }}
{%- endmacro %}

{% macro duckdb__utc_now() -%}
    cast(now() at time zone 'UTC' as timestamp)
{%- endmacro %}
