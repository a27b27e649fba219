{#- Before anything runs: raises when the vars `customs_dir` and `as_of` cannot be
    met, so that a mistyped one does not cost what was built. A run that lists the
    files takes their inventory here; any other has the list it finds. -#}
{% macro guard_inputs() %}
    {% if execute %}
        {% set as_of = customs_as_of() %}
        {% set listed = graph.nodes['model.' ~ project_name ~ '.stg_customs__files'] %}
        {% if uses_customs_dir() and listed.unique_id in selected_resources %}
            {% set vintages = customs_files() | map(attribute='vintage') | list %}
        {% elif as_of and adapter.get_relation(listed.database, listed.schema, listed.alias) %}
            {% set vintages = run_query(
                'select distinct vintage from ' ~ listed.relation_name
                ~ " where vintage <> 'simulated'"
            ).columns[0].values() %}
        {% endif %}
        {% if as_of and vintages and as_of < vintages | min %}
            {% do exceptions.raise_compiler_error(
                "as_of is '" ~ as_of ~ "': there is no vintage as old as that in "
                ~ customs_folder() ~ "; the oldest is " ~ vintages | min ~ "."
            ) %}
        {% endif %}
    {% endif %}
{% endmacro %}
