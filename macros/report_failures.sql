{#- At the end of a run: what the tests of whole tables found, row by row,
    the first ten of each. Who delivered a file mends it, and needs its name; what else
    can be done, the test says (`meta.remedy`). -#}
{% macro report_failures(results) %}
    {% for result in results
        if result.status in ('fail', 'warn')
        and result.node.fqn[1] in ['plausibility', 'identities', 'reconciliation'] %}
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
        {% set remedy = result.node.config.meta.get('remedy') %}
        {% if remedy and result.status == 'fail' %}{% do log('  ' ~ remedy, info=true) %}{% endif %}
    {% endfor %}
{% endmacro %}
