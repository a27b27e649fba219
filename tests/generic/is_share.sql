{#- A share of a whole lies between 0 and 1; a cumulative one may miss 1 by the
    rounding of a double. -#}
{% test is_share(model, column_name) %}

select {{ column_name }}
from {{ model }}
where {{ column_name }} not between 0 and 1.000000001

{% endtest %}
