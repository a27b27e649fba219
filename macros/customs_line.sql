{#-
  The line rule in SQL, whether a line is well-formed and why not, from the one list in
  src/commerce_exterieur/customs/line.py.
-#}


{#- The rule: pattern of a whole line, separator, header, and the fields in order
    (name, pattern, reason, exceptions). Empty while the project is parsed. -#}
{% macro customs_line_rule() %}
    {% if not execute %}
        {% do return({'pattern': '', 'separator': ';', 'header': '', 'fields': []}) %}
    {% endif %}
    {% set known = memo('customs line rule') %}
    {% if not known %}{% do known.update(fromjson(program_line_rule())) %}{% endif %}
    {% do return(known) %}
{% endmacro %}


{#- Whether a physical line is well-formed. -#}
{% macro customs_line_is_well_formed(raw_line) -%}
    {{ full_match(raw_line, customs_line_rule().pattern) }}
{%- endmacro %}


{#- The official header. Only as the first line of a file it is no line. -#}
{% macro customs_line_is_header(raw_line) -%}
    lower({{ raw_line }}) = {{ text_literal(customs_line_rule().header) }}
{%- endmacro %}


{#- Why a physical line is not well-formed; null when it is. -#}
{% macro customs_line_reason(raw_line) -%}
    {%- set rule = customs_line_rule() -%}
    case
        when {{ customs_line_is_well_formed(raw_line) }}
            then null
        when replace({{ raw_line }}, ' ', '') = '' then 'blank line'
        when
            length({{ raw_line }})
            - length(replace({{ raw_line }}, '{{ rule.separator }}', ''))
            <> {{ rule.fields | length - 1 }}
            then 'wrong number of fields'
        {%- for field in rule.fields %}
        {%- set text = "split_part(" ~ raw_line ~ ", '" ~ rule.separator ~ "', " ~ loop.index ~ ")" %}
        {%- for pattern, reason in field.exceptions %}
        when {{ full_match(text, pattern) }}
            then {{ text_literal(reason) }}
        {%- endfor %}
        when not {{ full_match(text, field.pattern) }}
            then {{ text_literal(field.reason) }}
        {%- endfor %}
    end
{%- endmacro %}


{#- Flow, quarter and year of a rejected line, as it writes them (`E;1;2024`); null
    when one of the three is wrong too. -#}
{% macro customs_line_period(raw_line) -%}
    {%- set rule = customs_line_rule() -%}
    {%- set texts = [] -%}
    {%- for number in [1, 2, 3] -%}
        {%- do texts.append(
            "split_part(" ~ raw_line ~ ", '" ~ rule.separator ~ "', " ~ number ~ ")"
        ) -%}
    {%- endfor -%}
    case
        when
            {%- for field in rule.fields[:3] %}
            {{ full_match(texts[loop.index0], field.pattern) }}
            {{- " and" if not loop.last }}
            {%- else %} false
            {%- endfor %}
            then {{ texts | join(" || ';' || ") }}
    end
{%- endmacro %}
