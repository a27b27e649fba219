{#- What only DuckDB says: its branch of what macros/engine.sql names. -#}


{% macro duckdb__engine_version() -%}
    'duckdb ' || version()
{%- endmacro %}


{% macro duckdb__whole_number_of(text) -%}
    cast('0x' || left(md5({{ text }}), 15) as bigint)
{%- endmacro %}


{% macro duckdb__json_list_of_files(fields) -%}
    '[' || string_agg(
        json_object({{ fields }}), ', ' order by vintage, source_file
    ) || ']'
{%- endmacro %}


{% macro duckdb__greatest_of(value, companion) -%}
    max(struct_pack(value := {{ value }}, companion := {{ companion }}))
{%- endmacro %}


{% macro duckdb__list_of_known(expressions) -%}
    list_filter(cast([{{ expressions | join(', ') }}] as varchar[]), lambda text: text is not null)
{%- endmacro %}


{% macro duckdb__list_length(list) -%}
    len({{ list }})
{%- endmacro %}


{% macro duckdb__exact(value) -%}
    cast({{ value }} as hugeint)
{%- endmacro %}


{% macro duckdb__sorted_list_of(column) -%}
    list_sort(list(distinct {{ column }}))
{%- endmacro %}


{% macro duckdb__utc_now() -%}
    cast(now() at time zone 'UTC' as timestamp)
{%- endmacro %}


{% macro duckdb__lines_of_file(file) -%}
    select
        cast({{ file.file_id }} as bigint) as file_id,
        coalesce(line, '') as raw_line
    from {{ scan_of_lines(file.read_from, file.is_plain) }}
{%- endmacro %}


{#- The number of a line costs the parallel scan of files: it is asked for only where it
    is shown. -#}
{% macro duckdb__malformed_lines_of_file(file) -%}
    select
        cast({{ file.file_id }} as bigint) as file_id,
        line_number,
        raw_line
    from (
        select
            row_number() over () as line_number,
            coalesce(line, '') as raw_line
        from {{ scan_of_lines(file.read_from, file.is_plain) }}
    )
    where not {{ customs_line_is_well_formed('raw_line') }}
{%- endmacro %}


{#- A scan of the lines of a file. Files of plain characters are scanned by `read_csv`,
    which would refuse others, or take a lone CR for a line end. -#}
{% macro scan_of_lines(path, is_plain) -%}
    {%- if is_plain -%}
    read_csv(
        {{ duckdb__text_literal(path) }},
        auto_detect = false,
        header = false,
        delim = '\x01',
        quote = '',
        escape = '',
        strict_mode = false,
        columns = {'line': 'VARCHAR'}
    )
    {%- else -%}
    (
        select
            replace(
                replace(regexp_replace(unnest(lines), '\\x0D$', ''), '\x22', '"'),
                '\x27', ''''
            ) as line
        from (
            select string_split(
                regexp_replace(
                    regexp_replace(cast(content as varchar), '^\\xEF\\xBB\\xBF', ''),
                    '\\x0A$', ''
                ), '\x0A'
            ) as lines
            from read_blob({{ duckdb__text_literal(path) }})
            where octet_length(content) > 0
        )
    )
    {%- endif -%}
{%- endmacro %}


{% macro duckdb__sha256_of_file(path) -%}
    (select sha256(content) from read_blob({{ text_literal(path) }}))
{%- endmacro %}


{% macro duckdb__fields_of_line(raw_line) -%}
    string_split({{ raw_line }}, ';')
{%- endmacro %}

{% macro duckdb__field(fields, number) -%}
    {{ fields }}[{{ number }}]
{%- endmacro %}


{% macro duckdb__full_match(text, pattern) -%}
    regexp_full_match({{ text }}, {{ text_literal(pattern) }})
{%- endmacro %}


{% macro duckdb__replace_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, {{ text_literal(pattern) }}, {{ text_literal(replacement) }}, 'g')
{%- endmacro %}


{% macro duckdb__joined_list_of(column, condition='true') -%}
    string_agg(distinct {{ column }}, ', ' order by {{ column }}) filter (where {{ condition }})
{%- endmacro %}


{% macro duckdb__text_literal(text) -%}
    '{{ text | string | replace("'", "''") }}'
{%- endmacro %}


{% macro duckdb__state_relation(identifier) %}
    {{ return(api.Relation.create(
        database=target.database, schema='state', identifier=identifier
    )) }}
{% endmacro %}

{% macro duckdb__replace_state(relation, sql) %}
    {% do run_query('create or replace table ' ~ relation ~ ' as ' ~ sql) %}
{% endmacro %}


{% macro duckdb__program_line_rule() %}
    {{ return(run_query('select program.customs_line_rule()').rows[0][0]) }}
{% endmacro %}

{% macro duckdb__program_inventory(folder) %}
    {{ return(run_query('select customs_inventory(' ~ text_literal(folder) ~ ')').rows[0][0]) }}
{% endmacro %}


{% macro duckdb__changed_files(files) %}
    {{ return(run_query(
        'select read_from from ' ~ files ~ ' where customs_stamp(read_from) <> stamp'
    ).columns[0].values()) }}
{% endmacro %}


{% macro duckdb__macros_fingerprint() %}
    {{ return(run_query(
        "select md5(string_agg(content, '' order by filename) || program.customs_line_rule()) "
        ~ "from read_text('macros/*.sql')"
    ).rows[0][0]) }}
{% endmacro %}


{% macro duckdb__rows_of_json(json, fields) -%}
    select unnest(
        from_json({{ json }}, {{ text_literal('[' ~ tojson(fields) ~ ']') }}), recursive := true
    )
{%- endmacro %}


{% macro duckdb__customs_labels() -%}
    {%- set lists = 'customs_labels(' ~ text_literal(customs_folder()) ~ ')' -%}
    {#- What they hold is part of the query: nothing else of it changes with them. -#}
    {{ lists }} /* {{ run_query('select md5(' ~ lists ~ ')').rows[0][0] if execute }} */
{%- endmacro %}


{% macro duckdb__code_type(kind) -%}
    {{ 'varchar' if kind == 'a129' else 'code_' ~ kind ~ ('_or_set' if kind in ('level', 'territory')) }}
{%- endmacro %}


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
        ~ "create type if not exists code_level_or_set as enum ('country', 'region', 'department', 'set');"
        ~ "create type if not exists code_cpf4 as enum ("
        ~ "select printf('%04d', number) from range(10000) as numbers (number));"
        ~ "create type if not exists code_pair as enum (" ~ pairs ~ " order by code);"
        ~ "create type if not exists code_territory_or_set as enum ("
        ~ "select 'FR' union all select 'R' || code from (" ~ pairs ~ ")"
        ~ " union all select 'D' || code from (" ~ pairs ~ ")"
        ~ " union all select 'S' || code from (" ~ pairs ~ ")"
        ~ " union all select 'D97' || number from range(10) as numbers (number))"
    ) %}
{% endmacro %}


{% macro duckdb__examine_seed(seed) %}
    {% do adapter.store_relation('program', this, [], seed.path, 'csv', seed) %}
{% endmacro %}


{% macro duckdb__view_or_files() %}
    {{ return('view') }}
{% endmacro %}
