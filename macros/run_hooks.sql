{#- What is done before and after everything else of a run, in this order. -#}


{% macro begin_run() %}
    {#- First: what fails after it leaves no mark. -#}
    {% do forget_finished_run() %}
    {% do create_code_types() %}
    {% do create_keyed_state() %}
{% endmacro %}


{% macro end_run(results) %}
    {% do report_files(results) %}
    {% do report_failures(results) %}
    {% do report_unknown_codes(results) %}
    {#- Last: what failed before it leaves no mark. -#}
    {% do remember_finished_run(results) %}
{% endmacro %}
