{#- The code of a member under the column of its kind, null in those of other kinds,
    so that each column joins one dimension. `kind` and `code` are columns. -#}
{% macro code_of_each_kind(kind, code, kinds=['activity', 'country']) -%}
    {%- for each in kinds %}
    case when {{ kind }} = '{{ each }}' then {{ code }} end as {{ each }}_code
    {{- "," if not loop.last }}
    {%- endfor %}
{%- endmacro %}
