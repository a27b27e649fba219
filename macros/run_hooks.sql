{#- What is done before and after everything else of a run, in this order. -#}


{% macro begin_run() %}
    {#- Parsing renders it too, and must change nothing. -#}
    {% if not execute %}{{ return('') }}{% endif %}
    {#- Before anything is changed: the mark of the last finished run stays true. -#}
    {% do guard_inputs() %}
    {#- What fails after it leaves no mark. -#}
    {% do forget_finished_run() %}
    {% do create_code_types() %}
    {% do create_keyed_state() %}
{% endmacro %}


{% macro end_run(results) %}
    {% if not execute %}{{ return('') }}{% endif %}
    {% do report_files(results) %}
    {% do report_failures(results) %}
    {% do report_unknown_codes(results) %}
    {% do remember_relations(results) %}
    {#- Last: what failed before it leaves no mark. -#}
    {% do remember_finished_run(results) %}
{% endmacro %}
