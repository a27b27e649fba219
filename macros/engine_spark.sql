{#-
  What Spark says: its branch of what macros/engine.sql names. Functions of Python are not
  to be had in its SQL: `adapter.program` asks them (src/commerce_exterieur/spark).
-#}


{% macro spark__engine_version() -%}
    'spark ' || split_part(version(), ' ', 1)
{%- endmacro %}


{% macro spark__whole_number_of(text) -%}
    cast(conv(left(md5({{ text }}), 15), 16, 10) as bigint)
{%- endmacro %}


{#- A list of texts that begin with what they are sorted by. -#}
{% macro spark__json_list_of_files(fields) -%}
    '[' || array_join(
        transform(
            array_sort(collect_list(struct(
                vintage,
                source_file,
                to_json(named_struct({{ fields }}), map('ignoreNullFields', 'false')) as said
            ))),
            file -> file.said
        ), ', '
    ) || ']'
{%- endmacro %}


{% macro spark__greatest_of(value, companion) -%}
    max(named_struct('value', {{ value }}, 'companion', {{ companion }}))
{%- endmacro %}


{% macro spark__list_of_known(expressions) -%}
    filter(cast(array({{ expressions | join(', ') }}) as array<string>), text -> text is not null)
{%- endmacro %}


{% macro spark__list_length(list) -%}
    size({{ list }})
{%- endmacro %}


{% macro spark__exact(value) -%}
    cast({{ value }} as decimal(38, 0))
{%- endmacro %}


{% macro spark__sorted_list_of(column) -%}
    sort_array(collect_set({{ column }}))
{%- endmacro %}


{% macro spark__joined_list_of(column, condition='true') -%}
    nullif(array_join(
        sort_array(collect_set({{ column }}) filter (where {{ condition }})), ', '
    ), '')
{%- endmacro %}


{% macro spark__utc_now() -%}
    cast(to_utc_timestamp(current_timestamp(), current_timezone()) as timestamp_ntz)
{%- endmacro %}


{#- A backslash in a literal of Spark escapes. -#}
{% macro spark__text_literal(text) -%}
    '{{ text | string | replace("\\", "\\\\") | replace("'", "\\'") }}'
{%- endmacro %}


{#- `$` of Java also matches before a line end. -#}
{% macro spark__full_match(text, pattern) -%}
    {{ text }} rlike {{ text_literal('\\A(?:' ~ pattern ~ ')\\z') }}
{%- endmacro %}


{% macro spark__replace_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, {{ text_literal(pattern) }}, {{ text_literal(replacement) }})
{%- endmacro %}


{% macro spark__fields_of_line(raw_line) -%}
    split({{ raw_line }}, ';')
{%- endmacro %}

{% macro spark__field(fields, number) -%}
    element_at({{ fields }}, {{ number }})
{%- endmacro %}


{#- The lines of a file with where they stand: block_start (of the part of the file that
    one task reads), place (in order within a block), raw_line. Without `lineSep` Hadoop
    would also cut at a lone CR. -#}
{% macro spark_scan_of_lines(file) -%}
    {#- As bytes: a text of Spark loses what is not UTF-8. -#}
    {%- set bytes = "decode(cast(value as binary), 'ISO-8859-1')" -%}
    select
        _metadata.file_block_start as block_start,
        monotonically_increasing_id() as place,
        {% if file.is_plain -%} {{ without_return('value') }}
        {%- else -%}
        array_join(
            transform(
                split({{ without_return(bytes) }}, ''),
                letter -> case
                    when letter = '' then ''
                    when ascii(letter) between 32 and 126 and letter <> '\\' then letter
                    else concat('\\x', lpad(hex(ascii(letter)), 2, '0'))
                end
            ), ''
        )
        {%- endif %} as raw_line
    from text.`{{ adapter.program('uri', file.read_from) | replace('`', '``') }}` with (lineSep = '\n')
{%- endmacro %}

{% macro without_return(text) -%}
    regexp_replace({{ text }}, '\\r\\z', '')
{%- endmacro %}

{% macro spark__lines_of_file(file) -%}
    select
        cast({{ file.file_id }} as bigint) as file_id,
        raw_line
    from ({{ spark_scan_of_lines(file) }})
{%- endmacro %}


{#- One scan in parallel, no sort of the lines: each block counts its own and keeps those
    that are malformed, and what stands before a block is summed over the blocks. -#}
{% macro spark__malformed_lines_of_file(file) -%}
    select
        cast({{ file.file_id }} as bigint) as file_id,
        lines_before + malformed.place - first_place + 1 as line_number,
        malformed.raw_line as raw_line
    from (
        select
            first_place,
            lines_before,
            explode(malformed_lines) as malformed
        from (
            select
                first_place,
                malformed_lines,
                coalesce(sum(line_count) over (
                    partition by file_id order by block_start nulls last
                    rows between unbounded preceding and 1 preceding
                ), 0) as lines_before
            from (
                select
                    {{ file.file_id }} as file_id,
                    block_start,
                    count(*) as line_count,
                    min(place) as first_place,
                    collect_list(struct(place, raw_line)) filter (
                        where not {{ customs_line_is_well_formed('raw_line') }}
                    ) as malformed_lines
                from ({{ spark_scan_of_lines(file) }})
                group by block_start
            )
        )
    )
{%- endmacro %}


{% macro spark__rows_of_json(json, fields) -%}
    {%- set columns = [] -%}
    {%- for name, type in fields.items() -%}{%- do columns.append(name ~ ': ' ~ type) -%}{%- endfor -%}
    select inline(from_json({{ json }}, 'array<struct<{{ columns | join(', ') }}>>'))
{%- endmacro %}


{% macro spark__customs_labels() -%}
    {{ text_literal(adapter.program('customs_labels', customs_folder())) if execute else "'[]'" }}
{%- endmacro %}


{#- Texts: Parquet keeps a dictionary of them. -#}
{% macro spark__code_type(kind) -%}
    string
{%- endmacro %}

{% macro spark__create_code_types() %}
{% endmacro %}


{% macro spark__sha256_of_file(path) -%}
    {{ text_literal(adapter.program('sha256_of_file', path) if execute else '') }}
{%- endmacro %}


{% macro spark__state_relation(identifier) %}
    {{ return(api.Relation.create(schema='state', identifier=identifier)) }}
{% endmacro %}

{% macro spark__replace_state(relation, sql) %}
    {#- What it reads may be the table itself: it is written before that goes. -#}
    {% set made = api.Relation.create(schema='state', identifier=relation.identifier ~ '_made') %}
    {% do run_query('drop table if exists ' ~ made) %}
    {% do run_query('create table ' ~ made ~ ' using parquet as ' ~ sql) %}
    {% do run_query('drop table if exists ' ~ relation) %}
    {% do run_query('alter table ' ~ made ~ ' rename to ' ~ relation) %}
{% endmacro %}


{% macro spark__program_line_rule() %}
    {{ return(adapter.program('customs_line_rule')) }}
{% endmacro %}

{% macro spark__program_inventory(folder) %}
    {{ return(adapter.program('customs_inventory', folder)) }}
{% endmacro %}

{% macro spark__changed_files(files) %}
    {% set changed = [] %}
    {% for path, stamp in run_query('select read_from, stamp from ' ~ files).rows
        if adapter.program('customs_stamp', path) != stamp %}
        {% do changed.append(path) %}
    {% endfor %}
    {{ return(changed) }}
{% endmacro %}

{% macro spark__version_of_seed(seed) %}
    {{ return(seed.checksum.checksum) }}
{% endmacro %}

{% macro spark__macros_fingerprint() %}
    {{ return(adapter.program('macros_fingerprint')) }}
{% endmacro %}


{% macro spark__examine_seed(seed) %}
    {% do adapter.program('examine_seed', seed) %}
{% endmacro %}


{% macro spark__view_or_files() %}
    {{ return('table') }}
{% endmacro %}
