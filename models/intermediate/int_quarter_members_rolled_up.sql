{{ keyed_by('int_periods_selected', ['year', 'quarter']) }}

with flows as (
    select * from {{ ref('int_flows_summed') }}
),

nested as (
    select * from {{ ref('int_departments_nested') }}
),

by_member as (
    {%- for dimension in ['country', 'activity'] %}
    select
        year,
        quarter,
        flow,
        customs_department_code,
        '{{ dimension }}' as dimension,
        cast({{ dimension }}_code as string) as member_code,
        sum(value_eur) as value_eur
    from flows
    where {{ is_stale() }}
    group by year, quarter, flow, customs_department_code, {{ dimension }}_code
    {{- "\n    union all" if not loop.last }}
    {%- endfor %}
),

rolled_up as (
    {{ roll_up(
        'by_member',
        ['year', 'quarter', 'flow', 'dimension', 'member_code'],
        ['value_eur']
    ) }}
)

select
    year,
    quarter,
    cast(territory_level as string) as territory_level,
    cast(territory_code as string) as territory_code,
    cast(flow as string) as flow,
    dimension,
    member_code,
    value_eur
from rolled_up
