{#- A quantity is 0 or more. -#}
{% test are_not_negative(model, columns) %}

select {{ columns | join(', ') }}
from {{ model }}
where
    {%- for column in columns %}
    {{ "or " if not loop.first }}{{ column }} < 0
    {%- endfor %}

{% endtest %}
