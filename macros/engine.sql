{#-
  What only DuckDB can say; materialisations apart, it is said nowhere else.

  One engine, so no dispatch: a second one makes a branch of each of these.
-#}


{#- Name and version of the engine, text. -#}
{% macro engine_version() -%}
    'duckdb ' || version()
{%- endmacro %}


{#- A whole number (60 bits) that stands for a text, the same on every machine. -#}
{% macro whole_number_of(text) -%}
    cast('0x' || left(md5({{ text }}), 15) as bigint)
{%- endmacro %}


{#- A file as one row: filename, content (bytes). -#}
{% macro bytes_of_file(path) -%}
    read_blob({{ text_literal(path) }})
{%- endmacro %}


{#- JSON text of the source files: name, vintage, published_on, kind, sha256, lines
    (physical lines), rejected, import_eur and export_eur (of the well-formed lines). -#}
{% macro json_list_of_files() -%}
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


{#- An aggregate: the row of the largest `value` as a structure of `value` and
    `companion`; of rows of one value, that of the largest companion. -#}
{% macro greatest_of(value, companion) -%}
    max(struct_pack(value := {{ value }}, companion := {{ companion }}))
{%- endmacro %}


{#- A list of the texts that are not null, in the order given. -#}
{% macro list_of_known(expressions) -%}
    list_filter(cast([{{ expressions | join(', ') }}] as varchar[]), lambda text: text is not null)
{%- endmacro %}


{#- A whole number in a type wide enough (38 digits) for products of two amounts. -#}
{% macro exact(value) -%}
    cast({{ value }} as hugeint)
{%- endmacro %}


{#- An aggregate: the different values of a column as a list, in order. -#}
{% macro sorted_list_of(column) -%}
    list_sort(list(distinct {{ column }}))
{%- endmacro %}


{#- The first day of a quarter, a date. -#}
{% macro first_day_of_quarter(year, quarter) -%}
    make_date({{ year }}, ({{ quarter }}) * 3 - 2, 1)
{%- endmacro %}


{#- The last day of the quarter that begins on a day, a date. -#}
{% macro last_day_of_quarter(first_day) -%}
    cast({{ first_day }} + interval 3 months - interval 1 day as date)
{%- endmacro %}


{#- The first day of a month written YYYYMM, a date. -#}
{% macro first_day_of_month(month) -%}
    make_date(({{ month }}) // 100, ({{ month }}) % 100, 1)
{%- endmacro %}


{#- The last day of a month written YYYYMM, a date. -#}
{% macro last_day_of_month(month) -%}
    last_day({{ first_day_of_month(month) }})
{%- endmacro %}


{#- Whether a list holds a text. -#}
{% macro list_holds(list, text) -%}
    list_contains({{ list }}, {{ text_literal(text) }})
{%- endmacro %}


{#- The moment of the statement in UTC, a timestamp without time zone. -#}
{% macro utc_now() -%}
    cast(now() at time zone 'UTC' as timestamp)
{%- endmacro %}


{#- The physical lines of one file. Files of plain characters are scanned by
    `read_csv`. In any other (a wrong encoding, a control character, a lone CR,
    an endless line, which the scan would refuse or take for a line end) the
    bytes are cut at LF, and every byte that is not plain is shown as \xNN: such
    a line is malformed, the others are read as usual. -#}
{% macro lines_of_file(path, is_plain) -%}
    {%- if is_plain -%}
    read_csv(
        {{ text_literal(path) }},
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
            from read_blob({{ text_literal(path) }})
            where octet_length(content) > 0
        )
    )
    {%- endif -%}
{%- endmacro %}


{#- The rows of the lists of labels in `customs_dir`: vintage, source_file, kind,
    code, label, valid_from, valid_to. -#}
{% macro customs_label_rows() -%}
    select
        unnest(
            from_json(
                customs_labels({{ text_literal(customs_folder()) }}),
                '[{"vintage": "VARCHAR", "source_file": "VARCHAR", "kind": "VARCHAR",
                "code": "VARCHAR", "label": "VARCHAR", "valid_from": "INTEGER",
                "valid_to": "INTEGER"}]'
            ),
            recursive := true
        )
{%- endmacro %}


{#-
  Types for codes: what the millions of lines are sorted and joined by.

  A type covers every code of its form, known or not, so nothing has to be read
  to make it and no code is ever refused for being new. Staging and intermediate
  models use them; marts are text.
-#}


{#- The type of a kind of code: `flow`, `pair` (two letters or digits:
    departments, regions, countries), `cpf4` (four digits), `a129` (four letters
    or digits), `level` and `territory` (`FR`, `R44`, `D52`, `D971`, `DZZ`, `S42`). -#}
{#- A129 has 1.7 million possible codes, too many for a list. -#}
{% macro code_type(kind) -%}
    {{ 'varchar' if kind == 'a129' else 'code_' ~ kind ~ ('_or_set' if kind in ('level', 'territory')) }}
{%- endmacro %}


{#- Makes the types that are not there yet. -#}
{% macro create_code_types() %}
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


{#- A relation of whole numbers, column `number`, from the first up to the last. -#}
{% macro whole_numbers(name, first, last) -%}
    range({{ first }}, {{ last }} + 1) as {{ name }} (number)
{%- endmacro %}
