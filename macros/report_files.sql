{#- At the end of a run that listed the files, and was let see them: a line for each
    that is new, changed or removed since the last one that did. -#}
{% macro report_files(results) %}
    {% for result in results
        if result.node.name == 'stg_customs__files' and result.status == 'success'
        and not flags.EMPTY %}
        {% set told = state_relation('files_told') %}
        {% set columns = 'vintage, source_file, file_sha256, line_count' %}
        {% set listed = 'select ' ~ columns ~ ' from ' ~ result.node.relation_name %}
        {% do run_query('create table if not exists ' ~ told ~ ' as select * from (' ~ listed ~ ') as listed limit 0') %}
        {% for row in run_query(
            "select case when told.vintage is null then 'new' when listed.vintage is null "
            ~ "then 'removed' else 'changed' end, vintage, source_file, "
            ~ "coalesce(listed.line_count, told.line_count) from (" ~ listed ~ ") as listed "
            ~ "full join " ~ told ~ " as told using (vintage, source_file) "
            ~ "where listed.file_sha256 is distinct from told.file_sha256 order by all"
        ).rows %}
            {% do log(row[0] ~ ' file: ' ~ row[1] ~ '/' ~ row[2] ~ ', ' ~ row[3] ~ ' lines', info=true) %}
        {% endfor %}
        {% do replace_state(told, listed) %}
    {% endfor %}
{% endmacro %}
