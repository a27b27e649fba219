{#- What only one engine can say, one branch per engine. -#}


{#- Name and version of the engine, text. -#}
{% macro engine_version() -%}
    {{ return(adapter.dispatch('engine_version')()) }}
{%- endmacro %}

{% macro duckdb__engine_version() -%}
    'duckdb ' || version()
{%- endmacro %}


{#- A whole number (60 bits) that stands for a text, the same on every machine. -#}
{% macro whole_number_of(text) -%}
    {{ return(adapter.dispatch('whole_number_of')(text)) }}
{%- endmacro %}

{% macro duckdb__whole_number_of(text) -%}
    cast('0x' || left(md5({{ text }}), 15) as bigint)
{%- endmacro %}


{#- A file as one row: filename, content (bytes). -#}
{% macro bytes_of_file(path) -%}
    {{ return(adapter.dispatch('bytes_of_file')(path)) }}
{%- endmacro %}

{% macro duckdb__bytes_of_file(path) -%}
    read_blob({{ text_literal(path) }})
{%- endmacro %}


{#- JSON text of the source files: name, vintage, published_on, kind, sha256, lines
    (physical lines), rejected, import_eur and export_eur (of the well-formed lines). -#}
{% macro json_list_of_files() -%}
    {{ return(adapter.dispatch('json_list_of_files')()) }}
{%- endmacro %}

{% macro duckdb__json_list_of_files() -%}
    '[' || string_agg(
        json_object(
            'name', source_file,
            'vintage', vintage,
            'published_on', cast(published_on as varchar),
            'kind', file_kind,
            'sha256', file_sha256,
            'lines', line_count,
            'rejected', lines_rejected,
            'import_eur', import_eur,
            'export_eur', export_eur
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
