{#-
  The mark of a finished run, without which nothing is published (scripts/publish.py).

  `state.finished_run` is there when the warehouse is what a complete run made, every
  model, seed and test of the project, and nothing of it failed. It names the marts
  and says what their rows come to, so that a change made behind its back shows. The
  next run that may change anything takes it away before it begins; one that is
  killed or fails leaves none.
-#}


{#- Before anything runs; unless it changes nothing: tests, and the commands that
    compile hooks without running them, which executes this. -#}
{% macro forget_finished_run() %}
    {% if flags.WHICH not in ['test', 'compile', 'generate', 'list', 'parse', 'show'] %}
        {% do drop_finished_run() %}
    {% endif %}
{% endmacro %}

{% macro duckdb__drop_finished_run() %}
    {% do run_query('drop table if exists ' ~ finished_run_relation()) %}
{% endmacro %}

{% macro finished_run_relation() -%}
    {{ return(state_relation('finished_run')) }}
{%- endmacro %}


{#- After everything ran: leave the mark, or take it away when tests failed. -#}
{% macro remember_finished_run(results) %}
    {% if execute and nothing_failed(results) %}
        {% if everything_ran(results) or everything_was_handed_over(results) %}
            {% do leave_finished_run(results) %}
        {% endif %}
    {% else %}
        {% do drop_finished_run() %}
    {% endif %}
{% endmacro %}


{% macro duckdb__leave_finished_run(results) %}
    {% do drop_marts_of_the_past() %}
    {% do create_published_functions() %}
    {% do replace_state(finished_run_relation(), finished_run(results)) %}
{% endmacro %}


{#- Drops the marts that an earlier complete run made and the project no longer does:
    renamed or deleted models. Anything else in the schema is somebody's, and publish
    asks about it. -#}
{% macro drop_marts_of_the_past() %}
    {% set made = state_relation('marts_made') %}
    {% set marts = [] %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' and node.schema == 'marts' %}
        {% do marts.append('(' ~ text_literal(node.alias) ~ ')') %}
    {% endfor %}
    {% set listed = '(values ' ~ marts | join(', ') ~ ') as listed (name)' %}
    {% do run_query('create table if not exists ' ~ made ~ ' (name string)') %}
    {% for row in run_query(
        "select table_name, table_type from information_schema.tables where table_catalog = "
        ~ text_literal(target.database) ~ " and table_schema = 'marts' and table_name in (from "
        ~ made ~ ") and table_name not in (select name from " ~ listed ~ ")"
    ).rows %}
        {% do run_query(
            'drop ' ~ ('view ' if row[1] == 'VIEW' else 'table ') ~ api.Relation.create(
                database=target.database, schema='marts', identifier=row[0]
            )
        ) %}
        {% do log('dropped mart: ' ~ row[0] ~ ', which the project no longer makes', info=true) %}
    {% endfor %}
    {% do replace_state(made, 'select name from ' ~ listed) %}
{% endmacro %}


{#- Nothing failed, nothing was skipped. A warning is no failure; an exposure is
    never run. -#}
{% macro nothing_failed(results) %}
    {% do return(
        results
        | rejectattr('status', 'in', ['success', 'pass', 'warn', 'no-op'])
        | list | length == 0
    ) %}
{% endmacro %}


{#- The run was of all there is, which only `dbt build` does. The graph lists models,
    seeds and tests, but not unit tests: they all run when nobody chooses. -#}
{% macro everything_ran(results) %}
    {% set choices = chosen([
        'select', 'exclude', 'selector', 'resource_types', 'exclude_resource_types',
        'empty', 'sample', 'defer', 'favor_state',
    ]) %}
    {% set not_run = graph.nodes.values()
        | selectattr('resource_type', 'in', ['model', 'seed', 'snapshot', 'test'])
        | rejectattr('unique_id', 'in', results | map(attribute='node.unique_id') | list)
        | list %}
    {% do return(not choices and not not_run) %}
{% endmacro %}


{#- Those of some options of dbt that were given. -#}
{% macro chosen(options) %}
    {% set given = [] %}
    {% for option in options if invocation_args_dict.get(option) %}
        {% do given.append(option) %}
    {% endfor %}
    {% do return(given) %}
{% endmacro %}


{#- The run made every mart of what a finished run of another engine handed over. -#}
{% macro everything_was_handed_over(results) %}
    {% set made = results | map(attribute='node.unique_id') | list %}
    {% do return(
        var('handed_over', none) is not none
        and graph.nodes.values()
            | selectattr('resource_type', 'equalto', 'model')
            | selectattr('schema', 'equalto', 'marts')
            | rejectattr('unique_id', 'in', made) | list | length == 0
    ) %}
{% endmacro %}


{#- The mark: one row, the marts a list in it. -#}
{% macro finished_run(results) %}
    {%- set handed_over = var('handed_over', {}) -%}
    {%- set tests = results
        | selectattr('node.resource_type', 'in', ['test', 'unit_test']) | list -%}
    {%- set marts = graph.nodes.values()
        | selectattr('resource_type', 'equalto', 'model')
        | selectattr('schema', 'equalto', 'marts')
        | list -%}
    {%- set files = graph.nodes.values()
        | selectattr('name', 'equalto', 'stg_customs__files') | first -%}
    {#- Asked once: each looks through the whole graph. -#}
    {%- set keys, references = mart_keys(), mart_references() -%}
    {%- set texts = {} -%}
    {%- for node in graph.nodes.values() -%}
        {%- do texts.update({node.unique_id: node.checksum.checksum}) -%}
    {%- endfor -%}
    select
        {{ text_literal(handed_over.run_id or invocation_id) }} as run_id,
        {{ utc_now() }} as finished_at,
        {{ text_literal(var('project_version')) }} as project_version,
        {{ text_literal(local_md5(macros_fingerprint() ~ (texts | dictsort))) }}
            as project_fingerprint,
        {{ engine_version() }} as engine,
        -- The name that the views say.
        {{ text_literal(target.database) }} as database_name,
        {{ text_literal(handed_over.as_of or customs_as_of()) }} as as_of,
        (
            select md5(string_agg(
                concat_ws('/', vintage, source_file, file_sha256), ','
                order by vintage, source_file
            ))
            from {{ files.relation_name }}
        ) as files_fingerprint,
        {{ handed_over.tests_passed
            or tests | selectattr('status', 'equalto', 'pass') | list | length }}
            as tests_passed,
        {{ handed_over.tests_warned
            or tests | selectattr('status', 'equalto', 'warn') | list | length }}
            as tests_warned,
        {{ functions_made() }} as functions,
        list(marts order by marts.name) as marts
    from (
        select contents.*, hashes.columns_hash
        from (
            {%- for mart in marts %}
            {{ mart_content(mart, keys[mart.name], references, results) }}
            {{ 'union all' if not loop.last }}
            {%- endfor %}
        ) as contents
        left join program.columns_hashes(
            {{ text_literal(target.database) }}, {{ text_literal(marts[0].schema) }}
        ) as hashes
            on contents.name = hashes.mart_name
    ) as marts
{% endmacro %}


{#- The functions of the mark: name, parameters, query and comment of each, and the
    query as DuckDB keeps it, which that of the published file is compared with. -#}
{% macro functions_made() -%}
    cast([
        {%- for made in published_functions() %}
        {
            'name': {{ text_literal(made.name) }},
            'parameters': {{ text_literal(made.parameters) }},
            'sql': {{ text_literal(made.sql) }},
            'comment': {{ text_literal(made.comment) }},
            'definition': (
                select macro_definition from duckdb_functions()
                where
                    database_name = {{ text_literal(target.database) }}
                    and schema_name = 'marts'
                    and function_name = {{ text_literal(made.name) }}
            )
        }
        {{- ',' if not loop.last }}
        {%- endfor %}
    ] as struct(
        name varchar, parameters varchar, sql varchar, comment varchar, definition varchar
    )[])
{%- endmacro %}


{#- A mart of the mark: its name, the columns that are never null, its key, the
    dimensions that its columns refer to, and what its rows
    come to, as scripts/publish.py asks of the published ones. One that is
    published as a view (`meta`) has its query instead of rows, without the name of the
    database: the published file has another. -#}
{% macro mart_content(mart, key, references, results) %}
    {%- set is_view = mart.config.meta.get('published_as') == 'view' -%}
    {%- set database = mart.relation_name.split('.')[0] ~ '.' -%}
    {%- set refers_to = [] -%}
    {%- for place, dimension in references.items() if place.split('.')[0] == mart.name -%}
        {%- do refers_to.append(
            '{column_name: ' ~ text_literal(place.split('.')[1])
            ~ ', mart: ' ~ text_literal(dimension) ~ '}'
        ) -%}
    {%- endfor -%}
    {%- set required = [] -%}
    {%- for column in mart.columns.values()
        if 'not_null' in column.constraints | map(attribute='type') -%}
        {%- do required.append(text_literal(column.name)) -%}
    {%- endfor -%}
        select
            {{ text_literal(mart.alias) }} as name,
            cast([{{ required | join(', ') }}] as varchar[]) as required_columns,
            cast([
                {%- for column in key %}
                {{- text_literal(column) ~ (', ' if not loop.last) }}
                {%- endfor -%}
            ] as varchar[]) as key_columns,
            cast([{{ refers_to | join(', ') }}]
                as struct(column_name varchar, mart varchar)[]) as refers_to,
            {%- if is_view %}
            {%- set run = results | selectattr('node.unique_id', 'equalto', mart.unique_id)
                | first %}
            {{ text_literal(run.node.compiled_code | replace(database, '')) }} as view_sql,
            cast(0 as bigint) as row_count,
            cast(null as varchar) as rows_hash
            {%- else %}
            cast(null as varchar) as view_sql,
            count(*) as row_count,
            cast(sum(hash(mart)) as varchar) as rows_hash
        from {{ mart.relation_name }} as mart
            {%- endif %}
{% endmacro %}
