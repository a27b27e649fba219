-- Every code of the finest flows is in its dimension: a join loses nothing.
{%- set dimensions = {
    'customs_department_code': ('dim_territory', 'customs_code'),
    'product_code': ('dim_product', 'product_code'),
    'activity_code': ('dim_activity', 'activity_code'),
    'country_code': ('dim_country', 'country_code'),
} %}
with
{%- for column in dimensions %}
seen_{{ column }} as (
    select cast({{ column }} as string) as code
    from {{ ref('int_flows_summed') }}
    group by {{ column }}
),
{% endfor %}
missing as (
    {%- for column, (dimension, key) in dimensions.items() %}
    select
        '{{ dimension }}' as dimension,
        seen.code
    from seen_{{ column }} as seen
    left join {{ ref(dimension) }} as listed
        on seen.code = listed.{{ key }}
    where listed.{{ key }} is null
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select * from missing
