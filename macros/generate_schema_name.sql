{#- Schemas carry their plain names (`marts`, not `main_marts`): the published
    file is read by people and BI tools. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
