-- Every code of a fact or dimension is in the dimension whose key has its name
-- (`mart_references`).
-- depends_on: {{ ref('dim_column') }}
{%- set parts = [] %}
{%- for place, dimension in (mart_references() if execute else {}).items() %}
{%- set mart, column = place.split('.') %}
{%- set model = 'model.' ~ project_name ~ '.' %}
{%- set part %}
    select distinct
        '{{ place }}' as reference,
        cast({{ column }} as varchar) as code
    from {{ graph.nodes[model ~ mart].relation_name }}
    where
        {{ column }} is not null
        and {{ column }} not in (
            select {{ column }}
            from {{ graph.nodes[model ~ dimension].relation_name }}
        )
{%- endset %}
{%- do parts.append(part) %}
{%- endfor %}
{{ parts | join('\n    union all') or 'select null as reference where false' }}
