{#-
  Tables rebuilt key by key: a new file costs that file, not the history.

  A keyed model holds rows of many keys (a source file, a quarter, a year). Its head
  says which, `{{ keyed_by('int_periods_selected', ['year']) }}`, and its SQL reads only
  what is stale: `where {{ is_stale('lines') }}`.

  A key is stale when the files behind it, or the project (this model, the models
  and seeds it stands on, a macro), are not those its rows were made from. What
  they were made from is written in `state.keys_built` in the transaction that
  writes the rows, so a build killed half-way leaves a table that knows exactly
  what it holds. Keys no longer listed lose their rows. When every key is stale
  the table is made anew, as `--full-refresh` does. So it is, and no key is
  remembered, when dbt lets it see no rows (`--empty`).
-#}
{% materialization keyed, adapter='duckdb' %}
    {%- if var('handed_over', none) -%}{{ return(replace_relation('table')) }}{%- endif -%}

    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing_relation = load_relation(this) -%}
    {%- set made = make_intermediate_relation(target_relation) -%}
    {%- set grant_config = config.get('grants') -%}
    {%- set keys = keys_to_build() -%}
    {%- set is_left = is_keyed_left_alone(keys) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% if keys.everything and not is_left %}
        {% do run_query('drop table if exists ' ~ made) %}
        {% set parts = keys.stale if has_stale_marks(compiled_code) else [] %}
        {% call statement('main') %}
            {{ create_table_as(False, made, only_keys(compiled_code, parts[:1])) }}
        {% endcall %}
        {% for key in parts[1:] %}
            {% do run_query(
                'insert into ' ~ made ~ ' by name (' ~ only_keys(compiled_code, [key]) ~ ')'
            ) %}
        {% endfor %}
        {% if existing_relation is not none %}
            {% do run_query('drop ' ~ existing_relation.type ~ ' ' ~ existing_relation) %}
        {% endif %}
        {% do run_query('alter table ' ~ made ~ ' rename to ' ~ adapter.quote(this.identifier)) %}
        {% do run_query(forget_keys()) %}
    {% else %}
        {% set dropped = keys.stale + keys.gone %}
        {% if dropped %}
            {% do run_query('delete from ' ~ target_relation ~ ' where ' ~ keys_predicate(dropped)) %}
            {% do run_query(forget_keys(dropped)) %}
        {% endif %}
        {% if keys.stale %}
            {% if config.get('contract').enforced %}
                {% do get_assert_columns_equivalent(compiled_code) %}
            {% endif %}
            {% call statement('main') %}
                insert into {{ target_relation }} by name (
                    {{ compiled_code }}
                )
            {% endcall %}
        {% else %}
            {% call noop_statement('main', 'UNCHANGED', 'UNCHANGED') %}
                -- no key is stale
            {% endcall %}
        {% endif %}
    {% endif %}
    {% if keys.stale %}
        {% do run_query(remember_keys(keys)) %}
    {% endif %}

    {% do apply_grants(
        target_relation, grant_config,
        should_revoke=should_revoke(existing_relation, full_refresh_mode=keys.everything)
    ) %}
    {% if not is_left %}
        {% do persist_docs(target_relation, model) %}
        {#- With other comments it is not what was written down: the end of a whole run
            writes it anew. -#}
        {% do run_query(forget_relations([model.unique_id])) %}
    {% endif %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}


{#- The head of a keyed model: `keys_in` names the model that lists the keys, with a
    column file_sha256; `key_columns` the whole-number columns that make the key, in
    both models. It is made after that model, whether it reads it or not. -#}
{% macro keyed_by(keys_in, key_columns) -%}
    {%- do ref(keys_in) -%}
    {{- config(materialized='keyed', keys_in=keys_in, key_columns=key_columns) -}}
{%- endmacro %}


{% macro duckdb__create_keyed_state() %}
    {% do run_query('create schema if not exists state') %}
    {% do run_query(
        'create table if not exists ' ~ keyed_state_relation()
        ~ ' (relation varchar not null, key varchar not null, fingerprint varchar not null)'
    ) %}
    {% do run_query(
        'create table if not exists ' ~ relations_made()
        ~ ' (node varchar not null, made_from varchar not null, content varchar not null,'
        ~ ' engine varchar not null)'
    ) %}
{% endmacro %}

{% macro keyed_state_relation() -%}
    {{ return(state_relation('keys_built')) }}
{%- endmacro %}


{#- The condition that keeps the rows of stale keys: of the table aliased so, or
    of the one table read. Every row, marked, when the whole table is made. -#}
{% macro is_stale(alias=none) -%}
    {%- if not execute or model.resource_type != 'model' -%}
        true
    {%- else -%}
        {%- set keys = keys_to_build() -%}
        {{ stale_mark(alias) if keys.everything else keys_predicate(keys.stale, alias) }}
    {%- endif -%}
{%- endmacro %}


{#- Where a query that reads every row can be held to some keys. -#}
{% macro stale_mark(alias=none) -%}
    true /* stale keys of {{ alias or 'the table' }} */
{%- endmacro %}

{% macro has_stale_marks(sql) %}
    {% do return('true /* stale keys of ' in sql) %}
{% endmacro %}


{#- A query held to the rows of some keys, wherever it is marked; of all, without. -#}
{% macro only_keys(sql, keys) %}
    {% if not keys %}{% do return(sql) %}{% endif %}
    {% set held = namespace(sql=sql) %}
    {% for mark, alias in modules.re.findall('(true /\\* stale keys of ([\\w ]+) \\*/)', sql) | unique %}
        {% set predicate = keys_predicate(keys, none if alias == 'the table' else alias) %}
        {% set held.sql = held.sql | replace(mark, predicate) %}
    {% endfor %}
    {% do return(held.sql) %}
{% endmacro %}


{#- What there is to do for this model: `stale` keys to write, `gone` keys to
    delete (lists of key texts, `2024,1`), their `fingerprints`, and whether that
    is `everything`. -#}
{% macro keys_to_build() %}
    {% set known = memo('keys of ' ~ model.unique_id) %}
    {% if not known %}{% do known.update(compare_keys()) %}{% endif %}
    {% do return(known) %}
{% endmacro %}

{% macro compare_keys() %}
    {% if flags.EMPTY %}
        {% do return({'stale': [], 'gone': [], 'fingerprints': {}, 'everything': true}) %}
    {% endif %}
    {% set built = keys_built() %}
    {% set fingerprints = key_fingerprints() %}
    {% set stale = [] %}
    {% for key, fingerprint in fingerprints.items() if built.get(key) != fingerprint %}
        {% do stale.append(key) %}
    {% endfor %}
    {% do return({
        'stale': stale,
        'gone': built.keys() | reject('in', fingerprints) | list,
        'fingerprints': fingerprints,
        'everything': not built or stale | length == fingerprints | length,
    }) %}
{% endmacro %}


{#- The keys this table holds, with the fingerprint each was built from; none when
    the table or the state is not there, or is to be made anew. -#}
{% macro keys_built() %}
    {% set table = load_relation(this) %}
    {% if table is none or not table.is_table or should_full_refresh() %}
        {% do return({}) %}
    {% endif %}
    {% do return(keys_remembered()) %}
{% endmacro %}

{% macro duckdb__keys_remembered() %}
    {% set keys, state = {}, keyed_state_relation() %}
    {% if load_relation(state) is not none and not is_changed_since() %}
        {% for row in run_query(
            'select key, fingerprint from ' ~ state
            ~ ' where relation = ' ~ text_literal(this.render())
        ).rows %}
            {% do keys.update({row[0]: row[1]}) %}
        {% endfor %}
    {% endif %}
    {% do return(keys) %}
{% endmacro %}


{#- The keys the table should hold, in order, with the fingerprint of what each is
    made from. -#}
{% macro key_fingerprints() %}
    {% set fingerprints, project = {}, project_fingerprint() %}
    {% for key, hashes in hashes_of_keys(
        config.require('keys_in'), config.require('key_columns') | join(', ')
    ).items() %}
        {% do fingerprints.update({key: local_md5(hashes ~ project)}) %}
    {% endfor %}
    {% do return(fingerprints) %}
{% endmacro %}


{#- Key → the hashes of the files behind it, as the model `keys_in` lists them: asked once
    a run, whatever the number of keyed models that stand on it. -#}
{% macro hashes_of_keys(keys_in, columns) %}
    {% set known = memo('hashes of ' ~ keys_in ~ ' by ' ~ columns) %}
    {% set node = graph.nodes['model.' ~ model.package_name ~ '.' ~ keys_in] %}
    {% if not known and adapter.get_relation(node.database, node.schema, node.alias) is not none %}
        {#- Known at once: another thread may ask meanwhile, and must not see a part. -#}
        {% set hashes = {} %}
        {% for row in run_query(
            "select concat_ws(',', " ~ columns ~ "), file_sha256 from " ~ node.relation_name
            ~ " order by " ~ columns ~ ", file_sha256"
        ).rows %}
            {% do hashes.update({row[0]: hashes.get(row[0], '') ~ row[1] ~ ','}) %}
        {% endfor %}
        {% do known.update(hashes) %}
    {% endif %}
    {% do return(known) %}
{% endmacro %}


{#- The rows of some keys, as a condition the storage can skip blocks by. -#}
{% macro keys_predicate(keys, alias=none) -%}
    {%- set columns = config.require('key_columns') -%}
    {%- set prefix = alias ~ '.' if alias else '' -%}
    {%- if not keys -%}
        false
    {%- elif columns | length == 1 -%}
        {{ prefix }}{{ columns[0] }} in ({{ keys | join(', ') }})
    {%- else -%}
        {%- set alternatives = [] -%}
        {%- for key in keys -%}
            {%- set equalities = [] -%}
            {%- for value in key.split(',') -%}
                {%- do equalities.append(prefix ~ columns[loop.index0] ~ ' = ' ~ value) -%}
            {%- endfor -%}
            {%- do alternatives.append('(' ~ equalities | join(' and ') ~ ')') -%}
        {%- endfor -%}
        ({{ alternatives | join(' or ') }})
    {%- endif -%}
{%- endmacro %}


{#- Deletes what the state says of this table: of some keys, or of all. -#}
{% macro forget_keys(keys=none) -%}
    delete from {{ keyed_state_relation() }}
    where relation = {{ text_literal(this.render()) }}
    {%- if keys is not none %}
        and key in ({% for key in keys %}{{ text_literal(key) }}{{ ', ' if not loop.last }}{% endfor %})
    {%- endif %};
    {{ forget_relations([model.unique_id]) }}
{%- endmacro %}

{% macro remember_keys(keys) -%}
    insert into {{ keyed_state_relation() }} (relation, key, fingerprint) values
    {%- for key in keys.stale %}
        ({{ text_literal(this.render()) }}, {{ text_literal(key) }}, {{ text_literal(keys.fingerprints[key]) }})
        {{- ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{#- What is worked out once a run, a dict to fill in one update (threads share it):
    `graph` is the one object that all nodes of a run share. -#}
{% macro memo(name) %}
    {% do return(graph.setdefault('memo ' ~ invocation_id, {}).setdefault(name, {})) %}
{% endmacro %}


{#- What the rows of this model depend on besides the files: its contract, the text of
    the model, of every model and seed upstream, of all macros, and the line rule. -#}
{% macro project_fingerprint() %}
    {% set texts, contract = {}, [model.constraints] %}
    {% do add_upstream_texts(model.unique_id, texts) %}
    {% for column in model.columns.values() %}
        {% do contract.append([column.name, column.data_type, column.constraints]) %}
    {% endfor %}
    {% do return(local_md5(known_macros() ~ (texts | dictsort) ~ contract)) %}
{% endmacro %}

{#- Of the macros, asked once a run. -#}
{% macro known_macros() %}
    {% set known = memo('macros') %}
    {% if not known %}{% do known.update({'fingerprint': macros_fingerprint()}) %}{% endif %}
    {% do return(known.fingerprint) %}
{% endmacro %}

{% macro add_upstream_texts(name, texts) %}
    {% set node = graph.nodes.get(name) %}
    {% if node and name not in texts %}
        {% do texts.update({
            name: version_of_seed(node) if node.resource_type == 'seed' else node.checksum.checksum
        }) %}
        {% for upstream in node.depends_on.nodes or [] %}
            {% do add_upstream_texts(upstream, texts) %}
        {% endfor %}
    {% endif %}
{% endmacro %}
