{#-
  What engines say differently: one name each, a branch for DuckDB in
  macros/engine_duckdb.sql, one for Spark in macros/engine_spark.sql. Materialisations
  apart, it is said nowhere else; no model asks which engine there is.
-#}


{#- Name and version of the engine, text. -#}
{% macro engine_version() %}
    {{ return(adapter.dispatch('engine_version')()) }}
{% endmacro %}


{#- A whole number (60 bits) that stands for a text, the same on every machine. -#}
{% macro whole_number_of(text) %}
    {{ return(adapter.dispatch('whole_number_of')(text)) }}
{% endmacro %}


{#- JSON text of the source files: name, vintage, published_on, kind, sha256, lines
    (physical lines), rejected, import_eur and export_eur (of the well-formed lines). -#}
{% macro json_list_of_files() %}
    {{ return(adapter.dispatch('json_list_of_files')([
        "'name', source_file",
        "'vintage', vintage",
        "'published_on', cast(published_on as string)",
        "'kind', file_kind",
        "'sha256', file_sha256",
        "'lines', line_count",
        "'rejected', lines_rejected",
        "'import_eur', import_eur",
        "'export_eur', export_eur",
    ] | join(', '))) }}
{% endmacro %}


{#- An aggregate: the row of the largest `value` as a structure of `value` and
    `companion`; of rows of one value, that of the largest companion. -#}
{% macro greatest_of(value, companion) %}
    {{ return(adapter.dispatch('greatest_of')(value, companion)) }}
{% endmacro %}


{#- A list of the texts that are not null, in the order given. -#}
{% macro list_of_known(expressions) %}
    {{ return(adapter.dispatch('list_of_known')(expressions)) }}
{% endmacro %}


{#- How many elements a list has. -#}
{% macro list_length(list) %}
    {{ return(adapter.dispatch('list_length')(list)) }}
{% endmacro %}


{#- A whole number in a type wide enough (38 digits) for products of two amounts. -#}
{% macro exact(value) %}
    {{ return(adapter.dispatch('exact')(value)) }}
{% endmacro %}


{#- An aggregate: the different values of a column as a list, in order. -#}
{% macro sorted_list_of(column) %}
    {{ return(adapter.dispatch('sorted_list_of')(column)) }}
{% endmacro %}


{#- The moment of the statement in UTC, a timestamp without time zone. -#}
{% macro utc_now() %}
    {{ return(adapter.dispatch('utc_now')()) }}
{% endmacro %}


{#- The physical lines of an official file (file_id, read_from, is_plain), a relation of
    file_id and raw_line ('' when blank). A line ends at LF or CRLF. In a file that is
    not plain (a wrong encoding, a control character, a lone CR, an endless line) every
    byte that is not is shown as \xNN: such a line is malformed, the others are read as
    usual. -#}
{% macro lines_of_file(file) %}
    {{ return(adapter.dispatch('lines_of_file')(file)) }}
{% endmacro %}


{#- Its malformed lines, a relation of file_id, line_number (from 1) and raw_line. -#}
{% macro malformed_lines_of_file(file) %}
    {{ return(adapter.dispatch('malformed_lines_of_file')(file)) }}
{% endmacro %}


{#- The SHA-256 of a file of the project, a text. -#}
{% macro sha256_of_file(path) %}
    {{ return(adapter.dispatch('sha256_of_file')(path)) }}
{% endmacro %}


{#- The fields of a line, a list; `field` takes one of them, from 1. -#}
{% macro fields_of_line(raw_line) %}
    {{ return(adapter.dispatch('fields_of_line')(raw_line)) }}
{% endmacro %}

{% macro field(fields, number) %}
    {{ return(adapter.dispatch('field')(fields, number)) }}
{% endmacro %}


{#- Whether the whole of a text has the form of a pattern (of Python's `re`, a plain
    text). -#}
{% macro full_match(text, pattern) %}
    {{ return(adapter.dispatch('full_match')(text, pattern)) }}
{% endmacro %}


{#- A text in which every part of the form of a pattern is another text. -#}
{% macro replace_all(text, pattern, replacement) %}
    {{ return(adapter.dispatch('replace_all')(text, pattern, replacement)) }}
{% endmacro %}


{#- An aggregate: the different texts of a column in order, joined by ', '. -#}
{% macro joined_list_of(column, condition='true') %}
    {{ return(adapter.dispatch('joined_list_of')(column, condition)) }}
{% endmacro %}


{#- A text as an SQL literal. -#}
{% macro text_literal(text) %}
    {{ return(adapter.dispatch('text_literal')(text)) }}
{% endmacro %}


{#- A relation of the program's own, outside the layers: schema `state`. -#}
{% macro state_relation(identifier) %}
    {{ return(adapter.dispatch('state_relation')(identifier)) }}
{% endmacro %}


{#- Puts the rows of a query in place of a table of the program's own. -#}
{% macro replace_state(relation, sql) %}
    {{ return(adapter.dispatch('replace_state')(relation, sql)) }}
{% endmacro %}


{#- What the program says of the line rule, the folder `customs_dir` and its files: JSON
    texts, as src/commerce_exterieur/intake/functions.py gives them. -#}
{% macro program_line_rule() %}
    {{ return(adapter.dispatch('program_line_rule')()) }}
{% endmacro %}

{% macro program_inventory(folder) %}
    {{ return(adapter.dispatch('program_inventory')(folder)) }}
{% endmacro %}


{#- The files of a list (`stg_customs__files`) that are no longer as they were listed. -#}
{% macro changed_files(files) %}
    {{ return(adapter.dispatch('changed_files')(files)) }}
{% endmacro %}


{#- A text that changes when the rows of a seed do. -#}
{% macro version_of_seed(seed) %}
    {{ return(adapter.dispatch('version_of_seed')(seed)) }}
{% endmacro %}


{#- A text that changes when a macro of the project or the line rule does. -#}
{% macro macros_fingerprint() %}
    {{ return(adapter.dispatch('macros_fingerprint')()) }}
{% endmacro %}


{#- The rows of a JSON text, an array of objects: a query of a column per field. `fields`
    says their names and types (`string`, `integer`, `boolean`). -#}
{% macro rows_of_json(json, fields) %}
    {{ return(adapter.dispatch('rows_of_json')(json, fields)) }}
{% endmacro %}


{#- The lists of labels in `customs_dir`, a JSON text as the program gives it. -#}
{% macro customs_labels() %}
    {{ return(adapter.dispatch('customs_labels')()) }}
{% endmacro %}


{#- The type of a kind of code: `flow`, `pair` (two letters or digits:
    departments, regions, countries), `cpf4` (four digits), `a129` (four letters
    or digits), `level` and `territory` (`FR`, `R44`, `D52`, `D971`, `DZZ`, `S42`). -#}
{#- A129 has 1.7 million possible codes, too many for a list. -#}
{% macro code_type(kind) %}
    {{ return(adapter.dispatch('code_type')(kind)) }}
{% endmacro %}


{#- Makes the types that are not there yet. -#}
{% macro create_code_types() %}
    {{ return(adapter.dispatch('create_code_types')()) }}
{% endmacro %}


{#- Examines the file of a seed and adds what is found to what is asked of it
    (`IntakeFunctions.examine_seed`). Raises when it is not as declared. -#}
{% macro examine_seed(seed) %}
    {{ return(adapter.dispatch('examine_seed')(seed)) }}
{% endmacro %}


{#- The fingerprints that the keys of a keyed table were built from, by key; empty when
    nothing is remembered. -#}
{% macro keys_remembered() %}
    {{ return(adapter.dispatch('keys_remembered')()) }}
{% endmacro %}


{#- Makes what remembers them, before anything runs. -#}
{% macro create_keyed_state() %}
    {{ return(adapter.dispatch('create_keyed_state')()) }}
{% endmacro %}


{#- The mark of a finished run (macros/finished_run.sql): takes it away, leaves it. -#}
{% macro drop_finished_run() %}
    {{ return(adapter.dispatch('drop_finished_run')()) }}
{% endmacro %}

{% macro leave_finished_run(results) %}
    {{ return(adapter.dispatch('leave_finished_run')(results)) }}
{% endmacro %}


{#- How a mart is kept that only selects the finest rows: a view in DuckDB, whose
    published copy has its rows; files on Spark, where files are what is handed over. -#}
{% macro view_or_files() %}
    {{ return(adapter.dispatch('view_or_files')()) }}
{% endmacro %}
