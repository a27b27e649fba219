{#-
  Seeds, tables, views and keyed tables on Spark.

  A table of Parquet cannot be replaced in one statement there. So each is made beside the
  one that is there, under a name of its run, held against its contract, and takes its
  place by a rename: what fails, fails before the previous table is touched. What a
  killed run leaves behind is swept before the next (src/commerce_exterieur/spark).
-#}
{% materialization table, adapter='spark' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set made = relation_of_this_run(this) -%}

    {{ run_hooks(pre_hooks) }}
    {% if config.get('contract').enforced %}
        {% do get_assert_columns_equivalent(compiled_code) %}
        {% do run_query(create_table_of_contract(made)) %}
        {% call statement('main') %}
            insert into {{ made }} by name {{ compiled_code }}
        {% endcall %}
        {% do refuse_nulls(made) %}
    {% else %}
        {% call statement('main') %}
            create table {{ made }} {{ using_clause() }} {{ relation_comment() }} as
            {{ compiled_code }}
        {% endcall %}
    {% endif %}
    {{ run_hooks(post_hooks) }}
    {% do put_in_place(made, target_relation, existing) %}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{% materialization view, adapter='spark' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='view') -%}

    {{ run_hooks(pre_hooks) }}
    {% if config.get('contract').enforced %}
        {% do get_assert_columns_equivalent(compiled_code) %}
    {% endif %}
    {% if existing is not none and not existing.is_view %}
        {% do adapter.drop_relation(existing) %}
    {% endif %}
    {% call statement('main') %}
        create or replace view {{ target_relation }}
        {%- if config.persist_column_docs() and model.columns %}
        (
            {%- for column in get_columns_in_query(compiled_code) %}
            {{ adapter.quote(column) }}
            {%- if column in model.columns %} {{ column_comment(model.columns[column]) }}{% endif %}
            {{- ',' if not loop.last }}
            {%- endfor %}
        )
        {%- endif %}
        {{ relation_comment() }} as
        {{ compiled_code }}
    {% endcall %}
    {{ run_hooks(post_hooks) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{#- `dbt seed`: examined and read by DuckDB, with the rules and messages of the other
    engine, and handed over as Parquet. -#}
{% materialization seed, adapter='spark' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set made = relation_of_this_run(this) -%}
    {%- set seed = examined_seed(model) -%}
    {%- set handed_over = adapter.program('rows_as_parquet', rows_of_seed(seed), this.identifier) -%}

    {{ run_hooks(pre_hooks) }}
    {% call statement('load') %}
        create table {{ made }} {{ using_clause() }} {{ relation_comment() }} as
        select * from parquet.`{{ handed_over.uri }}`
    {% endcall %}
    {% do refuse_other_count(seed, handed_over.rows) %}
    {% do put_in_place(made, target_relation, existing) %}
    {% call noop_statement('main', 'INSERT ' ~ seed.rows, 'INSERT', seed.rows) %}{% endcall %}
    {% set shown = 10 if invocation_args_dict.get('show') else 0 %}
    {% do store_result(
        'agate_table', response='OK',
        agate_table=run_query('select * from ' ~ target_relation ~ ' limit ' ~ shown)
    ) %}
    {{ run_hooks(post_hooks) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{#- As macros/keyed_materialization.sql says, with partitions for keys. What they were
    made from is written in the properties of the table, which go where it goes; a key
    is pending before its partition is overwritten and remembered after, so that a
    killed run leaves what is unknown, never what is wrong. -#}
{% materialization keyed, adapter='spark' %}
    {%- set existing = load_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set made = relation_of_this_run(this) -%}
    {%- set keys = keys_to_build() -%}
    {%- set columns = config.require('key_columns') | join(', ') -%}

    {{ run_hooks(pre_hooks) }}
    {% if config.get('contract').enforced and (keys.everything or keys.stale) %}
        {% do get_assert_columns_equivalent(compiled_code) %}
    {% endif %}
    {% if keys.everything %}
        {% call statement('main') %}
            create table {{ made }} {{ using_clause() }} partitioned by ({{ columns }})
            {{ relation_comment() }} as
            select /*+ rebalance({{ columns }}) */ * from (
                {{ compiled_code }}
            )
        {% endcall %}
        {% do refuse_nulls(made) %}
        {% do remember_properties(made, keys.fingerprints) %}
        {{ run_hooks(post_hooks) }}
        {% do put_in_place(made, target_relation, existing) %}
    {% else %}
        {% set dropped = keys.stale + keys.gone %}
        {% if dropped %}
            {#- Not forgotten: a key that is gone when a killed run is made good must still
                be known, for its rows may be there. -#}
            {% set was_cut_short = 'pending' in keys_remembered().values() %}
            {% set pending = {} %}
            {% for key in dropped %}{% do pending.update({key: 'pending'}) %}{% endfor %}
            {% do remember_properties(target_relation, pending) %}
            {% if was_cut_short %}
                {#- Folders that a killed run left beside the catalogue. -#}
                {% do run_query('msck repair table ' ~ target_relation) %}
            {% endif %}
            {#- A partition whose rows are gone is not overwritten: it goes first. -#}
            {% do drop_partitions(target_relation, dropped) %}
        {% endif %}
        {% if keys.stale %}
            {% call statement('main') %}
                insert overwrite table {{ target_relation }} by name
                select /*+ rebalance({{ columns }}) */ * from (
                    {{ compiled_code }}
                )
            {% endcall %}
        {% else %}
            {% call noop_statement('main', 'UNCHANGED', 'UNCHANGED') %}
                -- no key is stale
            {% endcall %}
        {% endif %}
        {{ run_hooks(post_hooks) }}
        {% if keys.stale %}
            {% do refuse_nulls(target_relation) %}
            {% do remember_properties(target_relation, keys.fingerprints, keys.stale) %}
        {% endif %}
        {% if keys.gone %}{% do forget_properties(target_relation, keys.gone) %}{% endif %}
    {% endif %}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{#- Where a table is made before it takes its place: a name that no other run has, for a
    killed run leaves a folder that no table may be made in again. -#}
{% macro relation_of_this_run(relation) %}
    {{ return(api.Relation.create(
        schema=relation.schema,
        identifier=relation.identifier ~ '__made_' ~ invocation_id[:8],
        type='table'
    )) }}
{% endmacro %}


{% macro put_in_place(made, target_relation, existing) %}
    {% if existing is not none %}
        {% do run_query('drop ' ~ existing.type ~ ' if exists ' ~ existing) %}
    {% endif %}
    {% do run_query('alter table ' ~ made ~ ' rename to ' ~ target_relation) %}
{% endmacro %}


{#- Parquet, unless the var `spark_format` says what the session has jars for. -#}
{% macro using_clause() -%}
    using {{ var('spark_format', 'parquet') }}
{%- endmacro %}

{% macro relation_comment() -%}
    {%- if config.persist_relation_docs() and model.description -%}
    comment {{ text_literal(model.description) }}
    {%- endif -%}
{%- endmacro %}

{% macro column_comment(column) -%}
    {%- if config.persist_column_docs() and column.description -%}
    comment {{ text_literal(column.description) }}
    {%- endif -%}
{%- endmacro %}


{#- An empty table with the columns of the contract of this model, commented. -#}
{% macro create_table_of_contract(relation) -%}
    create table {{ relation }} (
        {%- for column in model.columns.values() %}
        {{ adapter.quote(column.name) }} {{ column.data_type }} {{ column_comment(column) }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    ) {{ using_clause() }} {{ relation_comment() }}
{%- endmacro %}


{#- Raises when a column of the contract that is never null is, in a table that was made.
    Spark keeps no such constraint on Parquet. -#}
{% macro refuse_nulls(relation) %}
    {% set required, counts = [], [] %}
    {% for column in model.columns.values()
        if 'not_null' in column.constraints | map(attribute='type') | map('string') %}
        {% do required.append(column.name) %}
        {% do counts.append('count_if(' ~ adapter.quote(column.name) ~ ' is null)') %}
    {% endfor %}
    {% if required %}
        {% set nulls = run_query('select ' ~ counts | join(', ') ~ ' from ' ~ relation).rows[0] %}
        {% for name in required %}{% if nulls[loop.index0] %}
            {% do exceptions.raise_compiler_error(
                'NOT NULL constraint failed: ' ~ this.identifier ~ '.' ~ name
            ) %}
        {% endif %}{% endfor %}
    {% endif %}
{% endmacro %}


{% macro spark__keys_remembered() %}
    {% set keys = {} %}
    {% for name, value in run_query('show tblproperties ' ~ this).rows if name.startswith('key:') %}
        {% do keys.update({name[4:]: value}) %}
    {% endfor %}
    {{ return(keys) }}
{% endmacro %}

{% macro spark__create_keyed_state() %}
    {% do run_query('create schema if not exists state') %}
{% endmacro %}

{% macro remember_properties(relation, fingerprints, keys=none) %}
    {% set properties = [] %}
    {% for key, fingerprint in fingerprints.items() if keys is none or key in keys %}
        {% do properties.append("'key:" ~ key ~ "' = '" ~ fingerprint ~ "'") %}
    {% endfor %}
    {% if properties %}
        {% do run_query(
            'alter table ' ~ relation ~ ' set tblproperties (' ~ properties | join(', ') ~ ')'
        ) %}
    {% endif %}
{% endmacro %}

{% macro forget_properties(relation, keys) %}
    {% do run_query(
        'alter table ' ~ relation ~ " unset tblproperties if exists ('key:"
        ~ keys | join("', 'key:") ~ "')"
    ) %}
{% endmacro %}

{% macro drop_partitions(relation, keys) %}
    {% set partitions = [] %}
    {% for key in keys %}
        {% set values = [] %}
        {% for value in key.split(',') %}
            {% do values.append(config.require('key_columns')[loop.index0] ~ ' = ' ~ value) %}
        {% endfor %}
        {% do partitions.append('partition (' ~ values | join(', ') ~ ')') %}
    {% endfor %}
    {% do run_query('alter table ' ~ relation ~ ' drop if exists ' ~ partitions | join(', ')) %}
{% endmacro %}


{#- The mark of a finished run, which the program keeps beside the tables, with the files
    they are made of. -#}
{% macro spark__drop_finished_run() %}
    {% do adapter.program('forget_finished_run') %}
{% endmacro %}

{% macro spark__leave_finished_run(results) %}
    {% do adapter.program('remember_finished_run', {
        'run_id': invocation_id,
        'as_of': customs_as_of(),
        'tests_passed': results | selectattr('status', 'equalto', 'pass') | list | length,
        'tests_warned': results | selectattr('status', 'equalto', 'warn') | list | length,
    }) %}
{% endmacro %}
