{#-
  Relations left alone: what would be made of the same, and still is, is not made again.

  `state.relations_made` says of every model and seed what it was made from and what it
  came to. A table or view is left alone when both still hold: its SQL, what is declared
  of it, the macros and everything upstream are the same, and so is its content. What was
  changed behind dbt's back, or made by a run that was killed, has another content and is
  made again. `--full-refresh` makes everything.
-#}


{#- Whether the relation of this model is still what `query` would make. Those
    downstream learn what it is made from, told so or not. -#}
{% macro is_left_alone(query) %}
    {% if not is_whole_run() %}{% do return(false) %}{% endif %}
    {% set version = made_from(query) %}
    {% do memo('versions').update({model.unique_id: version}) %}
    {% do return(
        version is not none
        and not should_full_refresh()
        and known_versions().get(model.unique_id) == version
    ) %}
{% endmacro %}


{#- The same of a keyed table, whose keys say what is stale. Its rows are known by the run
    that last wrote some: one that was repaired is another than the damaged one. -#}
{% macro is_keyed_left_alone(keys) %}
    {% if not is_whole_run() %}{% do return(false) %}{% endif %}
    {% set version = made_from(keys.fingerprints | dictsort) %}
    {% set known = known_versions().get(model.unique_id) or '' %}
    {% set is_left = version is not none and known.startswith(version)
        and not keys.stale and not keys.gone and not should_full_refresh() %}
    {% if version is not none %}
        {% set version = known if is_left else version ~ ' ' ~ invocation_id %}
    {% endif %}
    {% do memo('versions').update({model.unique_id: version}) %}
    {% do return(is_left) %}
{% endmacro %}


{#- Whether the run is of every model. What is chosen is made: what lies above it may be
    of another day. -#}
{% macro is_whole_run() %}
    {% do return(
        flags.WHICH in ['run', 'build', 'seed']
        and var('handed_over', none) is none
        and not chosen([
            'select', 'exclude', 'selector', 'empty', 'sample', 'defer', 'favor_state'
        ])
    ) %}
{% endmacro %}


{#- Whether the relation of this model was changed behind dbt's back. -#}
{% macro is_changed_since() %}
    {% do known_versions() %}
    {% do return(memo('changed since').get(model.unique_id, false)) %}
{% endmacro %}


{#- A hash of all that this node is made from; none when something upstream is not known
    to be as it was made. `source` is what it reads besides. -#}
{% macro made_from(source) %}
    {% set parts = [
        known_macros(), source, model.description, model.columns, model.constraints,
        model.raw_code, model.unrendered_config,
    ] %}
    {% set made = memo('versions') %}
    {% for upstream in model.depends_on.nodes or [] %}
        {% set version = made[upstream] if upstream in made else known_versions().get(upstream) %}
        {% if not version %}{% do return(none) %}{% endif %}
        {% do parts.append(version) %}
    {% endfor %}
    {% do return(local_md5(parts | string)) %}
{% endmacro %}


{#- Node → what it was made from, of those whose content is still what it was then:
    asked once a run, before the first is made. -#}
{% macro known_versions() %}
    {% set known = memo('known versions') %}
    {% if not known %}
        {% set recorded, versions, changed = {}, {'asked': true}, {} %}
        {% if load_relation(relations_made()) is not none %}
            {% for row in run_query(
                'select node, made_from, content from ' ~ relations_made()
                ~ ' where engine = ' ~ engine_version()
            ).rows %}
                {% do recorded.update({row[0]: row}) %}
            {% endfor %}
        {% endif %}
        {% for node, content in contents_of(recorded).items() %}
            {% do memo('rows').update({node: content.split(' ')[:2] | join(' ')}) %}
            {% if content == recorded[node][2] %}
                {% do versions.update({node: recorded[node][1]}) %}
            {% else %}
                {% do changed.update({node: true}) %}
            {% endif %}
        {% endfor %}
        {% do memo('changed since').update(changed) %}
        {% do known.update(versions) %}
    {% endif %}
    {% do return(known) %}
{% endmacro %}


{#- Node → what its relation comes to now, a text, of those whose relation is there:
    rows, counted and hashed (of a keyed table, whose keys say what it holds, counted),
    columns and comments, the text of a view. -#}
{% macro contents_of(nodes) %}
    {% set rows, columns, contents = [], [], {} %}
    {% for node in graph.nodes.values() if node.unique_id in nodes %}
        {% set relation = adapter.get_relation(node.database, node.schema, node.alias) %}
        {% if relation is not none %}
            {% do rows.append(rows_of(node, relation.is_view)) %}
            {% do columns.append(
                'select ' ~ text_literal(node.schema) ~ ' as in_schema, * from program.columns_hashes('
                ~ text_literal(node.database) ~ ', ' ~ text_literal(node.schema) ~ ')'
            ) %}
        {% endif %}
    {% endfor %}
    {% if rows %}
        {% for row in run_query(
            "select node, concat_ws(' ', row_content, columns_hash, md5(sql)) from ("
            ~ rows | join(' union all ') ~ ') as found left join ('
            ~ columns | unique | join(' union all ')
            ~ ') as hashes on hashes.in_schema = found.in_schema and hashes.mart_name = found.name'
            ~ ' left join duckdb_views() as views on views.database_name = '
            ~ text_literal(target.database)
            ~ ' and views.schema_name = found.in_schema and views.view_name = found.name'
        ).rows %}
            {% do contents.update({row[0]: row[1]}) %}
        {% endfor %}
    {% endif %}
    {% do return(contents) %}
{% endmacro %}

{% macro rows_of(node, is_view) -%}
    select
        {{ text_literal(node.unique_id) }} as node,
        {{ text_literal(node.schema) }} as in_schema,
        {{ text_literal(node.alias) }} as name,
        {%- if is_view %}
        'view' as row_content
        {%- else %}
        count(*)
        {%- if node.config.materialized != 'keyed' %} || ' ' || coalesce(sum(hash(made)), 0)
        {%- else %}::varchar
        {%- endif %} as row_content
    from {{ node.relation_name }} as made
        {%- endif %}
{%- endmacro %}


{#- What the rows of a seed are known by: those that were loaded, as far as it is known. -#}
{% macro duckdb__version_of_seed(seed) %}
    {% do known_versions() %}
    {% do return(memo('rows').get(seed.unique_id, seed.checksum.checksum)) %}
{% endmacro %}


{#- At the end: what the models and seeds of this run were made from, and came to. -#}
{% macro remember_relations(results) %}
    {% if not is_whole_run() %}{% do return(none) %}{% endif %}
    {% set versions, made, left = memo('versions'), {}, [] %}
    {% for result in results if result.status == 'success' %}
        {% set version = versions.get(result.node.unique_id) %}
        {% if result.message == 'UNCHANGED' and version == known_versions().get(result.node.unique_id) %}
            {% do left.append(result.node.unique_id) %}
        {% elif version %}
            {% do made.update({result.node.unique_id: version}) %}
        {% endif %}
    {% endfor %}
    {% if left %}
        {% do log(
            'left alone: ' ~ left | length ~ ' relations that are what they would be '
            ~ 'made (UNCHANGED); --full-refresh makes them', info=true
        ) %}
    {% endif %}
    {% if made %}
        {% set records = [] %}
        {% for node, content in contents_of(made).items() %}
            {% do records.append(
                '(' ~ text_literal(node) ~ ', ' ~ text_literal(made[node]) ~ ', '
                ~ text_literal(content) ~ ', ' ~ engine_version() ~ ')'
            ) %}
        {% endfor %}
        {% do run_query(forget_relations(made)) %}
        {% do run_query('insert into ' ~ relations_made() ~ ' values ' ~ records | join(', ')) %}
    {% endif %}
{% endmacro %}

{% macro forget_relations(nodes) -%}
    delete from {{ relations_made() }} where node in (
        {%- for node in nodes %}{{ text_literal(node) }}{{ ', ' if not loop.last }}{% endfor -%}
    )
{%- endmacro %}


{% macro relations_made() -%}
    {{ return(state_relation('relations_made')) }}
{%- endmacro %}
