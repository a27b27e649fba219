{#-
  Sums of departments, rolled up to every territory that contains them.

  `by_department` is a CTE with customs_department_code, the columns `keys` and the
  columns `measures`, summed already; `nested` a CTE of `int_departments_nested`. One row
  per territory and `keys`. A measure more is a name more in `measures`.
-#}
{% macro roll_up(by_department, keys, measures) -%}
    {#- A department is itself already: only the larger territories add up. -#}
    {%- for is_larger in [false, true] %}
    select
        {%- for key in keys %}
        {{ by_department }}.{{ key }},
        {%- endfor %}
        nested.territory_level,
        nested.territory_code,
        {%- for measure in measures %}
        cast(
            {%- if is_larger %} sum({{ by_department }}.{{ measure }})
            {%- else %} {{ by_department }}.{{ measure }}
            {%- endif %} as bigint) as {{ measure }}
            {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ by_department }}
    inner join nested
        on {{ by_department }}.customs_department_code = nested.customs_code
    where nested.territory_level {{ '<>' if is_larger else '=' }} 'department'
    {%- if is_larger %}
    group by all
    {%- else %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
