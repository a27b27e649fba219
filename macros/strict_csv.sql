{#-
  Reading a CSV file strictly, on DuckDB.

  `read_csv` with declared types is not strict: it rounds 1.5, reads 1e3, 0x10
  and 1_000, skips blank lines and takes swapped headers. So a file is read as
  text, every value is held against the pattern of its declared type, and the
  number of physical lines against the number of records, before anything is
  typed. Used by the seed materialisation.
-#}


{#- `read_csv` of every column as text; a quoted "" is an empty text, an
    unquoted empty field is null. `rejects` names a temporary table that
    receives the lines that are not records of this shape. -#}
{% macro strict_csv_scan(path, columns, delimiter, quote, rejects=none) -%}
    read_csv(
        {{ text_literal(path) }},
        auto_detect = false,
        header = true,
        delim = {{ text_literal(delimiter) }},
        quote = {{ text_literal(quote) }},
        escape = {{ text_literal(quote) }},
        strict_mode = true,
        allow_quoted_nulls = false,
        {%- if rejects %}
        store_rejects = true,
        rejects_table = {{ text_literal(rejects) }},
        rejects_scan = {{ text_literal(rejects ~ '__scan') }},
        {%- endif %}
        columns = {
            {%- for column in columns %}
            {{ text_literal(column.name) }}: 'VARCHAR'
            {{- "," if not loop.last }}
            {%- endfor %}
        }
    )
{%- endmacro %}


{#- One row per physical line of a file, in order: `line`, null when blank. A line
    that is not UTF-8 is left out; the scan for records names it. -#}
{% macro physical_lines(path) -%}
    read_csv(
        {{ text_literal(path) }},
        auto_detect = false,
        header = false,
        delim = '\x01',
        quote = '',
        escape = '',
        strict_mode = false,
        ignore_errors = true,
        columns = {'line': 'VARCHAR'}
    )
{%- endmacro %}


{#- How a declared type is written in a file: the family, the pattern of its
    text, and the words for a reader. Raises on a type without a pattern. -#}
{% macro strict_csv_type(data_type) %}
    {% set type = data_type | lower | trim %}
    {% set base = type.split('(')[0] | trim %}
    {% if base in ('text', 'varchar', 'string') %}
        {% do return({'pattern': none, 'words': 'text'}) %}
    {% elif base in (
        'tinyint', 'smallint', 'integer', 'int', 'bigint', 'hugeint',
        'utinyint', 'usmallint', 'uinteger', 'ubigint',
    ) %}
        {% do return({'pattern': '[0-9]+', 'words': 'digits only, in the range of ' ~ type}) %}
    {% elif base in ('decimal', 'numeric') %}
        {% set scale = (type.split(',')[1] | replace(')', '') | int) if ',' in type else 0 %}
        {% do return({
            'pattern': '-?[0-9]+' ~ ('([.][0-9]{1,' ~ scale ~ '})?' if scale else ''),
            'words': 'a decimal number with a point, in the range of ' ~ type,
        }) %}
    {% elif base in ('boolean', 'bool') %}
        {% do return({'pattern': 'true|false', 'words': 'true or false'}) %}
    {% elif base == 'date' %}
        {% do return({'pattern': '[0-9]{4}-[0-9]{2}-[0-9]{2}', 'words': 'a date YYYY-MM-DD'}) %}
    {% endif %}
    {% do exceptions.raise_compiler_error(
        "type '" ~ data_type ~ "' has no strict reading: use text, an integer type, "
        ~ "decimal(p, s), boolean or date, or add its pattern to macros/strict_csv.sql"
    ) %}
{% endmacro %}


{#- SQL condition: the text of this column is not a value of its type. -#}
{% macro strict_csv_is_bad(column) -%}
    (
        {%- if column.required %}{{ column.quoted }} is null{% else %}false{% endif %}
        {%- if column.pattern %}
        or (
            {{ column.quoted }} is not null
            and (
                not regexp_full_match({{ column.quoted }}, {{ text_literal(column.pattern) }})
                or try_cast({{ column.quoted }} as {{ column.data_type }}) is null
            )
        )
        {%- endif %}
    )
{%- endmacro %}


{#- Stop with file, line and value when the header of the file is not exactly
    the declared columns in the declared order. -#}
{% macro strict_csv_check_header(path, shown, columns, delimiter, quote) %}
    {% set first = run_query("select line from " ~ physical_lines(path) ~ " limit 1") %}
    {% set declared = columns | map(attribute='name') | list %}
    {% set header = first.rows[0][0] if first.rows | length and first.rows[0][0] is not none else '' %}
    {% set names = [] %}
    {% for name in header.split(delimiter) %}
        {% do names.append(name[1:-1] if quote and name | length > 1 and name[0] == quote and name[-1] == quote else name) %}
    {% endfor %}
    {% if names != declared %}
        {% do exceptions.raise_compiler_error(
            shown ~ ", line 1: the header must be '" ~ declared | join(delimiter)
            ~ "', it is '" ~ header ~ "'. Mend the header or the columns declared in "
            ~ "the seed's properties file."
        ) %}
    {% endif %}
{% endmacro %}


{#- Load the file into the new table `loaded`, typed, in one pass over the file; or
    stop naming file, line, column and value, `loaded` dropped. -#}
{% macro strict_csv_load(path, shown, columns, delimiter, quote, loaded, scratch) %}
    {% set rejects = scratch ~ '__rejects' %}
    {#- Blank lines first: between CRLF they stop DuckDB's own scan. -#}
    {% set count_sql %}
        select
            count(*) as line_count,
            count(*) filter (where trim(coalesce(line, '')) = '') as blank,
            count(*) filter (
                where {{ strict_csv_has_empty_field_too_many(columns, delimiter, quote) }}
            ) as too_long
        from {{ physical_lines(path) }}
    {% endset %}
    {% set lines = run_query(count_sql).rows[0] %}
    {% if lines[1] %}{% do strict_csv_raise_blank(path, shown, quote) %}{% endif %}
    {% set create_sql %}
        create or replace table {{ loaded }} as
        select
            {%- for column in columns %}
            {{ strict_csv_value(column) }} as {{ column.quoted }},
            {%- endfor %}
            {%- for column in columns %}
            {{ strict_csv_is_bad(column) }}{{ " or" if not loop.last }}
            {%- endfor %} as seed_row_is_bad
        from {{ strict_csv_scan(path, columns, delimiter, quote, rejects) }}
    {% endset %}
    {% do run_query(create_sql) %}
    {% set rejected = run_query('select count(*) from ' ~ rejects).rows[0][0] %}
    {% if rejected %}
        {% do run_query('drop table ' ~ loaded) %}
        {% do strict_csv_raise_rejected(shown, columns, delimiter, rejects) %}
    {% endif %}
    {% set counts %}
        select
            (select count(*) from {{ loaded }}) as records,
            (select count(*) from {{ loaded }} where seed_row_is_bad) as bad,
            (select sum({{ strict_csv_newlines(columns) }}) from {{ loaded }}) as newlines
    {% endset %}
    {% set row = run_query(counts).rows[0] %}
    {% set newlines = row[2] or 0 %}
    {% set is_complete = lines[0] == 1 + row[0] + newlines %}
    {% if row[1] or not is_complete or (lines[2] and not newlines) %}
        {% do run_query('drop table ' ~ loaded) %}
        {% if not is_complete %}
            {% do exceptions.raise_compiler_error(
                shown ~ ": " ~ row[0] ~ " records in " ~ lines[0] ~ " lines. Look for "
                ~ "stray line ends inside quotes."
            ) %}
        {% elif row[1] %}
            {% do strict_csv_raise_bad_value(path, shown, columns, delimiter, quote, scratch) %}
        {% endif %}
        {% do strict_csv_raise_field_too_many(path, shown, columns, delimiter, quote) %}
    {% endif %}
    {% do run_query('drop table ' ~ rejects) %}
    {% do run_query('drop table ' ~ rejects ~ '__scan') %}
    {% do run_query('alter table ' ~ loaded ~ ' drop column seed_row_is_bad') %}
{% endmacro %}


{#- SQL: the typed value of a column read as text; null when it is not one. -#}
{% macro strict_csv_value(column) -%}
    {%- if column.pattern -%}
    case
        when regexp_full_match({{ column.quoted }}, {{ text_literal(column.pattern) }})
            then try_cast({{ column.quoted }} as {{ column.data_type }})
    end
    {%- else -%}
    {{ column.quoted }}
    {%- endif -%}
{%- endmacro %}


{#- SQL: how many line ends the text columns of a row hold. -#}
{% macro strict_csv_newlines(columns) -%}
    {%- for column in columns if not column.pattern %}
    case
        when contains({{ column.quoted }}, chr(10))
            then length({{ column.quoted }}) - length(replace({{ column.quoted }}, chr(10), ''))
        else 0
    end +
    {%- endfor %} 0
{%- endmacro %}


{#- Name the first line that is not a record of this shape, and stop. -#}
{% macro strict_csv_raise_rejected(shown, columns, delimiter, rejects) %}
    {% set rejected = run_query(
        "select line, coalesce(column_name, ''), error_message, csv_line from "
        ~ rejects ~ " order by line, column_idx limit 1"
    ) %}
    {% set row = rejected.rows[0] %}
    {% do exceptions.raise_compiler_error(
        shown ~ ", line " ~ row[0] | int
        ~ (", column " ~ row[1] if row[1] else "") ~ ": " ~ row[2].rstrip('.')
        ~ ". The line is '" ~ (row[3] | trim)[:200] ~ "'. Mend the line: it needs "
        ~ columns | length ~ " fields separated by '" ~ delimiter ~ "'."
    ) %}
{% endmacro %}


{#- SQL: the line ends with an empty field more than there are columns, which
    DuckDB drops without a word. -#}
{% macro strict_csv_has_empty_field_too_many(columns, delimiter, quote) -%}
    {%- set bare = "regexp_replace(line, '" ~ quote ~ "[^" ~ quote ~ "]*" ~ quote ~ "', '', 'g')"
        if quote else "line" -%}
    ends_with(line, {{ text_literal(delimiter) }})
    and length({{ bare }}) - length(replace({{ bare }}, {{ text_literal(delimiter) }}, ''))
    >= {{ columns | length }}
{%- endmacro %}


{#- Name the first line with an empty field too many, and stop. -#}
{% macro strict_csv_raise_field_too_many(path, shown, columns, delimiter, quote) %}
    {% set first %}
        with numbered as (
            select row_number() over () as number, line
            from {{ physical_lines(path) }}
        )

        select number, line
        from numbered
        where {{ strict_csv_has_empty_field_too_many(columns, delimiter, quote) }}
        order by number
        limit 1
    {% endset %}
    {% set row = run_query(first).rows[0] %}
    {% do exceptions.raise_compiler_error(
        shown ~ ", line " ~ row[0] ~ ": a field too many at the end. The line is '"
        ~ row[1][:200] ~ "'. Mend the line: it needs " ~ columns | length
        ~ " fields separated by '" ~ delimiter ~ "'."
    ) %}
{% endmacro %}


{#- Name the first blank line outside quotes, and stop; nothing when every one is
    inside. -#}
{% macro strict_csv_raise_blank(path, shown, quote) %}
    {% set blank %}
        with numbered as (
            select row_number() over () as number, coalesce(line, '') as line
            from {{ physical_lines(path) }}
        ),

        quoted as (
            select
                number,
                line,
                {%- if quote %}
                sum(length(line) - length(replace(line, {{ text_literal(quote) }}, '')))
                    over (order by number)
                {%- else %} 0 {%- endif %} as quotes
            from numbered
        )

        select min(number) from quoted where trim(line) = '' and quotes % 2 = 0
    {% endset %}
    {% set number = run_query(blank).rows[0][0] %}
    {% if number %}
        {% do exceptions.raise_compiler_error(
            shown ~ ", line " ~ number ~ ": the line is blank. Delete it."
        ) %}
    {% endif %}
{% endmacro %}


{#- Name line, column and value of the first value that is not of its type. -#}
{% macro strict_csv_raise_bad_value(path, shown, columns, delimiter, quote, scratch) %}
    {% do run_query(
        'create or replace temporary table ' ~ scratch ~ ' as select * from '
        ~ strict_csv_scan(path, columns, delimiter, quote)
    ) %}
    {% set first %}
        with numbered as (
            select
                rowid,
                *,
                {{ strict_csv_newlines(columns) }} as seed_newlines
            from {{ scratch }}
        ),

        placed as (
            select
                *,
                1 + row_number() over (order by rowid) + coalesce(
                    sum(seed_newlines) over (
                        order by rowid rows between unbounded preceding and 1 preceding
                    ), 0
                ) as seed_line
            from numbered
        )

        {% for column in columns %}
        select
            seed_line, {{ loop.index }} as place, {{ text_literal(column.name) }} as name,
            {{ column.quoted }} as value,
            {{ text_literal(column.words) }} as words
        from placed
        where {{ strict_csv_is_bad(column) }}
        {{ "union all" if not loop.last }}
        {% endfor %}
        order by 1, 2
        limit 1
    {% endset %}
    {% set row = run_query(first).rows[0] %}
    {% do exceptions.raise_compiler_error(
        shown ~ ", line " ~ row[0] | int ~ ", column " ~ row[2] ~ ": "
        ~ ("the value is missing" if row[3] is none else "'" ~ row[3][:100] ~ "' is not " ~ row[4])
        ~ ". Mend the value in the file."
    ) %}
{% endmacro %}
