{#-
  `dbt seed` at DuckDB's speed, and stricter.

  The stock materialisation parses every line in Python to insert it. Here the program
  examines the file (src/commerce_exterieur/seeds.py) and DuckDB loads what passed, by
  the columns declared for the seed (`columns:` with `data_type`, or the config
  `column_types`), its `delimiter` and its quote character (`config.meta.quote`,
  default `"`). With `config.meta.raw_lines` nothing is cut: the table has a row per
  physical line, line_number and raw_line, as official files are read.

  What dbt expects of a seed stays: `--show`, the row count in the log, hooks, indexes,
  persisted docs, `--full-refresh`. The table is replaced in one transaction, so a
  refused file leaves the previous table as it was.
-#}
{% materialization seed, adapter='duckdb' %}

    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set old_relation = load_cached_relation(this) -%}

    {% if old_relation is not none and old_relation.is_view %}
        {{ exceptions.raise_compiler_error("Cannot seed to '" ~ old_relation.render() ~ "', it is a view") }}
    {% endif %}
    {%- set seed = examined_seed(model) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% set code = 'CREATE' if should_full_refresh() else 'INSERT' %}
    {% call statement('load') %}
        {{ load_seed(target_relation, seed) }};
        {{ comments_on(target_relation, model) }}
    {% endcall %}
    {% set rows, content = run_query(
        "select count(*), count(*) || ' ' || coalesce(sum(hash(seed)), 0) from " ~ target_relation ~ ' as seed'
    ).rows[0].values() %}
    {% set rows = rows | int %}
    {% do refuse_other_count(seed, rows) %}
    {% do memo('rows').update({model.unique_id: content}) %}
    {% do is_left_alone([content, seed.sha256]) %}
    {% call noop_statement('main', code ~ ' ' ~ rows, code, rows) %}{% endcall %}

    {# dbt prints this sample for `dbt seed --show`, and asks for it always. #}
    {% set shown = 10 if invocation_args_dict.get('show') else 0 %}
    {% do store_result(
        'agate_table', response='OK',
        agate_table=run_query('from ' ~ target_relation ~ ' limit ' ~ shown)
    ) %}

    {% do apply_grants(target_relation, config.get('grants'), should_revoke=false) %}
    {% do create_indexes(target_relation) %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}


{#- Raises when DuckDB does not read as many records as the program. -#}
{% macro refuse_other_count(seed, rows) %}
    {% if rows != seed.rows %}
        {% do exceptions.raise_compiler_error(
            seed.shown ~ ": " ~ seed.rows ~ " records, of which DuckDB reads " ~ rows
            ~ ". Look for line ends of two kinds, and inside quotes."
        ) %}
    {% endif %}
{% endmacro %}


{#- What the program says of the file of a seed: path, shown, columns, delimiter, quote,
    rows; is_plain instead of columns for raw lines. Raises when it is not as declared. -#}
{% macro examined_seed(model) %}
    {% set meta = config.get('meta') or {} %}
    {% set seed = {
        'path': model['root_path'] ~ '/' ~ model['original_file_path'], 'shown': model['original_file_path'],
        'delimiter': config.get('delimiter', ','), 'quote': meta.get('quote', '"'),
    } %}
    {% if not meta.get('raw_lines') %}
        {% do seed.update({'columns': seed_columns(model)}) %}
    {% endif %}
    {% do examine_seed(seed) %}
    {% do return(seed) %}
{% endmacro %}


{#- The statements that put a table with the content of a seed in place. -#}
{% macro load_seed(relation, seed) -%}
    {%- if not seed.columns -%}
    create or replace table {{ relation }} as {{ rows_of_seed(seed) }}
    {%- else -%}
    create or replace table {{ relation }} (
        {%- for column in seed.columns %}
        {{ adapter.quote(column.name) }} {{ column.data_type }}
        {{- ' not null' if column.required }}{{ ',' if not loop.last }}
        {%- endfor %}
    );
    insert into {{ relation }} {{ rows_of_seed(seed) }}
    {%- endif -%}
{%- endmacro %}


{#- DuckDB's query of the content of a seed, whichever engine takes it. -#}
{% macro rows_of_seed(seed) -%}
    {%- if not seed.columns -%}
    select
        row_number() over () as line_number,
        coalesce(line, '') as raw_line
    from {{ scan_of_lines(seed.path, seed.is_plain) }}
    {%- else -%}
    from read_csv(
        {{ duckdb__text_literal(seed.path) }},
        auto_detect = false,
        header = true,
        delim = {{ duckdb__text_literal(seed.delimiter) }},
        quote = {{ duckdb__text_literal(seed.quote) }},
        escape = {{ duckdb__text_literal(seed.quote) }},
        strict_mode = true,
        -- A quoted "" is an empty text, nothing at all is null.
        allow_quoted_nulls = false,
        columns = {
            {%- for column in seed.columns %}
            {{ duckdb__text_literal(column.name) }}: {{ duckdb__text_literal(column.data_type) }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        }
    )
    {%- endif -%}
{%- endmacro %}


{#- The declared columns of a seed, in order: name, data_type, required (the column
    carries a not_null constraint). Raises when there are none. -#}
{% macro seed_columns(model) %}
    {% set types = model['config'].get('column_types') or {} %}
    {% set declared = model['columns'] or {} %}
    {% set columns = [] %}
    {% for name in declared or types %}
        {% set column = declared.get(name, {}) %}
        {% set data_type = types.get(name) or column.get('data_type') %}
        {% if not data_type %}
            {% do exceptions.raise_compiler_error(
                "seed " ~ model['name'] ~ ": column " ~ name ~ " has no data_type. "
                ~ "Declare it in the seed's properties file."
            ) %}
        {% endif %}
        {% do columns.append({
            'name': name,
            'data_type': data_type,
            'required': 'not_null' in (column.get('constraints') or [])
                | map(attribute='type') | map('string') | list,
        }) %}
    {% endfor %}
    {% if not columns %}
        {% do exceptions.raise_compiler_error(
            "seed " ~ model['name'] ~ " declares no columns. List them in file order, "
            ~ "with a data_type each, in the properties file of its folder."
        ) %}
    {% endif %}
    {% do return(columns) %}
{% endmacro %}
