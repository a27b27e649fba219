{#-
  `dbt seed` at DuckDB's speed, and stricter.

  The stock materialisation parses every line in Python. This one lets DuckDB
  read the file from the columns declared for the seed (`columns:` with
  `data_type`, or the config `column_types`), its `delimiter` and its quote
  character (`config.meta.quote`, default `"`), after the checks of
  macros/strict_csv.sql. What dbt expects of a seed stays: `--show`, the row
  count in the log, hooks, grants, indexes, persisted docs, `--full-refresh`.

  The table is replaced as a whole once the file has passed, so a refused file
  leaves the previous table as it was.
-#}
{% materialization seed, adapter='duckdb' %}

    {%- set identifier = model['alias'] -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set old_relation = adapter.get_relation(database=database, schema=schema, identifier=identifier) -%}
    {%- set grant_config = config.get('grants') -%}
    {%- set columns = seed_columns(model) -%}
    {%- set delimiter = config.get('delimiter', ',') -%}
    {%- set quote = (config.get('meta') or {}).get('quote', '"') -%}
    {%- set path = adapter.get_seed_file_path(model) -%}
    {%- set loaded = this.incorporate(path={'identifier': identifier ~ '__seed_tmp'}) -%}

    {% if old_relation is not none and old_relation.is_view %}
        {{ exceptions.raise_compiler_error("Cannot seed to '" ~ old_relation.render() ~ "', it is a view") }}
    {% endif %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% do strict_csv_check_header(path, model['original_file_path'], columns, delimiter, quote) %}
    {% do strict_csv_load(
        path, model['original_file_path'], columns, delimiter, quote,
        loaded, 'seed__' ~ model['schema'] ~ '__' ~ identifier
    ) %}
    {# In one transaction with what follows: the table is the old or the new one. #}
    {% set swap_sql %}
        drop table if exists {{ target_relation }};
        alter table {{ loaded }} rename to {{ adapter.quote(identifier) }};
    {% endset %}
    {% call statement('swap') %}{{ swap_sql }}{% endcall %}

    {% set rows = run_query('select count(*) from ' ~ target_relation).rows[0][0] | int %}
    {% set code = 'CREATE' if should_full_refresh() else 'INSERT' %}
    {% call noop_statement('main', code ~ ' ' ~ rows, code, rows) %}
        {{ swap_sql }}
    {% endcall %}

    {# dbt prints this sample for `dbt seed --show`, and asks for it always. #}
    {% set shown = 10 if invocation_args_dict.get('show') else 0 %}
    {% do store_result(
        'agate_table', response='OK',
        agate_table=run_query('from ' ~ target_relation ~ ' limit ' ~ shown)
    ) %}

    {% do apply_grants(
        target_relation, grant_config,
        should_revoke=should_revoke(old_relation, full_refresh_mode=True)
    ) %}
    {% do persist_docs(target_relation, model) %}
    {% do create_indexes(target_relation) %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}


{#- The declared columns of a seed, in order: name, quoted name, data_type, the
    pattern and words of its strict reading, required (the column carries a
    not_null constraint). Raises when there are none. -#}
{% macro seed_columns(model) %}
    {% set types = model['config'].get('column_types') or {} %}
    {% set declared = model['columns'] or {} %}
    {% set columns = [] %}
    {% for name in (declared.keys() if declared else types.keys()) %}
        {% set column = declared.get(name, {}) %}
        {% set data_type = types.get(name) or column.get('data_type') %}
        {% if not data_type %}
            {% do exceptions.raise_compiler_error(
                "seed " ~ model['name'] ~ ": column " ~ name ~ " has no data_type. "
                ~ "Declare it in the seed's properties file."
            ) %}
        {% endif %}
        {% set constraints = column.get('constraints') or [] %}
        {% set strict = strict_csv_type(data_type) %}
        {% do columns.append({
            'name': name,
            'quoted': adapter.quote(name),
            'data_type': data_type,
            'pattern': strict.pattern,
            'words': strict.words,
            'required': 'not_null' in constraints | map(attribute='type') | map('string') | list,
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
