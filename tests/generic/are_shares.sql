{#- A share of a whole lies between 0 and 1 (a cumulative one may miss 1 by the
    rounding of a double), or is null when there is no whole. -#}
{% test are_shares(model, columns) %}

select {{ columns | join(', ') }}
from {{ model }}
where
    {%- for column in columns %}
    {{ "or " if not loop.first }}{{ column }} not between 0 and 1.000000001
    {%- endfor %}

{% endtest %}
