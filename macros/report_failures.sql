{#- At the end of a run: what the tests of tests/plausibility found, row by row,
    the first ten of each. Who delivered a file mends it, and needs its name. -#}
{% macro report_failures(results) %}
    {% for result in results
        if result.status in ('fail', 'warn') and 'plausibility' in result.node.fqn %}
        {% set found = run_query('select * from (' ~ result.node.compiled_code ~ '\n) as found limit 11') %}
        {% do log(result.node.name ~ ':', info=true) %}
        {% for row in found.rows[:10] %}
            {% set said = [] %}
            {% for name, value in row.dict().items() if value is not none %}
                {% do said.append(name ~ ' ' ~ value) %}
            {% endfor %}
            {% do log('  ' ~ said | join(', '), info=true) %}
        {% endfor %}
        {% if found.rows | length > 10 %}{% do log('  …', info=true) %}{% endif %}
    {% endfor %}
{% endmacro %}
