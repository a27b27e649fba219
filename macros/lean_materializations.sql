{#-
  Tables, views and unit tests in two statements each.

  The stock materialisations of dbt-duckdb make a second relation, rename twice, drop,
  and read the column list twice more to comment it: eleven statements, of 4 ms of
  dbt's own time each. DuckDB replaces a relation in a transaction, so here a model is
  one statement (make it, comment it), after one that holds it against its contract.
-#}
{% materialization table, adapter='duckdb' %}
    {{ return(replace_relation('table')) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {{ return(replace_relation('view')) }}
{% endmaterialization %}


{#- Puts the relation of this model in place of the one that is there. -#}
{% macro replace_relation(type) %}
    {%- set query = compiled_code -%}
    {%- if var('handed_over', none) and model.config.meta.get('published_as') != 'view' -%}
        {%- set type, query = 'table', rows_handed_over() -%}
    {%- endif -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type=type) -%}
    {%- if is_left_alone(query) -%}
        {% call noop_statement('main', 'UNCHANGED', 'UNCHANGED') %}{% endcall %}
        {{ return({'relations': [target_relation]}) }}
    {%- endif -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% if config.get('contract').enforced %}
        {% do get_assert_columns_equivalent(query) %}
    {% endif %}
    {% call statement('main') %}
        {% if existing_relation is not none and existing_relation.type != type %}
        drop {{ existing_relation.type }} {{ existing_relation }};
        {% endif %}
        {{ create_or_replace(target_relation, query) }};
        {{ comments_on(target_relation, model) }}
        {#- Of a keyed model that is made another way now. -#}
        {{ forget_keys() if load_relation(keyed_state_relation()) is not none }}
    {% endcall %}
    {% do apply_grants(target_relation, config.get('grants'), should_revoke=false) %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{% endmacro %}


{#- The rows of this model as another engine made and tested them
    (src/commerce_exterieur/spark/handover.py): types are those of the contract. -#}
{% macro rows_handed_over() -%}
    {#- The files that the mark of the run names, and no other that lies there. A keyed
        table without a key is none. -#}
    {%- set files = [] -%}
    {%- for row in run_query(
        'select file from (select unnest(map_keys(files)) as file from read_json('
        ~ text_literal(var('handed_over').mark) ~ ", columns = {'files': 'map(varchar, varchar)'}))"
        ~ ' where starts_with(file, ' ~ text_literal(this.schema ~ '.db/' ~ this.identifier ~ '/')
        ~ ') order by file'
    ).rows -%}
        {%- do files.append(text_literal(var('handed_over').tables ~ '/' ~ row[0])) -%}
    {%- endfor -%}
    {%- if not files and not config.get('key_columns') -%}
        {%- do exceptions.raise_compiler_error(
            this.identifier ~ ': ' ~ var('handed_over').mark ~ ' names no file of it.'
        ) -%}
    {%- endif -%}
    select
        {%- for column in model.columns.values() if config.get('contract').enforced %}
        cast({{ adapter.quote(column.name) if files else 'null' }} as {{ column.data_type }})
            as {{ adapter.quote(column.name) }}{{ ',' if not loop.last }}
        {%- else %} *
        {%- endfor %}
    {%- if files %}
    from read_parquet([{{ files | join(', ') }}], hive_partitioning = true)
    {%- else %}
    where false
    {%- endif %}
{%- endmacro %}


{#- The statements that make a relation from a query; a table with a contract has the
    constraints of its columns. -#}
{% macro create_or_replace(relation, sql) -%}
    {%- if relation.type == 'table' and config.get('contract').enforced -%}
    create or replace table {{ relation }} {{ get_table_columns_and_constraints() }};
    insert into {{ relation }} by name (
        {{ sql }}
    )
    {%- else -%}
    create or replace {{ relation.type }} {{ relation }} as (
        {{ sql }}
    )
    {%- endif -%}
{%- endmacro %}


{#- The statements that comment a relation and its columns as documented. A column
    that is documented and not there stops them. -#}
{% macro comments_on(relation, model) -%}
    {%- if config.persist_relation_docs() and model.description %}
    comment on {{ relation.type }} {{ relation }} is {{ text_literal(model.description) }};
    {%- endif %}
    {%- for column in model.columns.values()
        if config.persist_column_docs() and column.description %}
    comment on column {{ relation }}.{{ adapter.quote(column.name) }}
        is {{ text_literal(column.description) }};
    {%- endfor %}
{%- endmacro %}


{#- Comments as `persist_docs` of dbt is asked for them, in one statement. -#}
{% macro duckdb__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- set comments = comments_on(relation, model) -%}
    {%- if comments | trim -%}
        {% do run_query(comments) %}
    {%- endif -%}
{%- endmacro %}


{#- Raises when the columns of a query are not those of the contract. Both are
    described by one statement; the stock way sends two. -#}
{% macro duckdb__get_assert_columns_equivalent(sql) %}
    {% set described = run_query(
        "select true as is_made, column_name, column_type from (describe (" ~ sql ~ "\n))"
        ~ " union all select false, column_name, column_type from (describe ("
        ~ get_empty_schema_sql(model['columns']) ~ "))"
    ) %}
    {% set made, declared = [], [] %}
    {% for is_made, name, type in described.rows %}
        {% do (made if is_made else declared).append({
            'name': name, 'data_type': type, 'formatted': name | lower ~ ' ' ~ type
        }) %}
    {% endfor %}
    {% if made | map(attribute='formatted') | sort != declared | map(attribute='formatted') | sort %}
        {% do exceptions.raise_contract_error(declared, made) %}
    {% endif %}
{% endmacro %}


{#- A unit test that describes its query instead of making a table of no rows of it.
    `expected_rows` and `expected_sql` are dbt's. -#}
{% materialization unit, adapter='duckdb' %}
    {% set expected_rows = config.get('expected_rows') %}
    {% set types, quoted = {}, {} %}
    {% for column in get_column_schema_from_query(sql) %}
        {% do types.update({column.name | lower: column.data_type}) %}
        {% do quoted.update({column.name | lower: column.quoted}) %}
    {% endfor %}
    {% set compared = [] %}
    {% for name in (expected_rows[0] if expected_rows else types) %}
        {% do compared.append(quoted[name | lower]) %}
    {% endfor %}
    {% set expected_sql = config.get('expected_sql')
        or get_expected_sql(expected_rows, types, quoted) %}

    {% call statement('main', fetch_result=True) %}
        {{ get_unit_test_sql(sql, expected_sql, compared) }}
    {% endcall %}

    {{ return({'relations': []}) }}
{% endmaterialization %}
