{{ config(materialized='view', meta={'published_as': 'view'}) }}

{%- set of_cell = quarter_number('cells.year', 'cells.quarter') %}
{%- set of_end = quarter_number('rolling.end_year', 'rolling.end_quarter') %}

with flows as (
    select * from {{ ref('fct_trade_flows') }}
),

members as (
    select * from {{ ref('dim_territory_members') }}
),

activities as (
    select * from {{ ref('dim_activity') }}
),

rolling as (
    select * from {{ ref('fct_rolling_year') }}
),

to_date as (
    select * from {{ ref('fct_year_to_date') }}
),

-- Not summed first: a filter on territory or quarter then spares all the rest.
cells as (
    select
        members.territory_code,
        flows.flow,
        flows.activity_code,
        flows.country_code,
        flows.year,
        flows.quarter,
        flows.value_eur
    from flows
    inner join members
        on flows.territory_code = members.department_code
),

windows as (
    select
        rolling.end_year,
        rolling.end_quarter,
        rolling.territory_level,
        rolling.territory_code,
        rolling.flow,
        cells.activity_code,
        cells.country_code,
        coalesce(sum(cells.value_eur) filter (
            where
            {{ of_cell }}
            > {{ of_end }} - 4
        ), 0) as value_eur,
        coalesce(sum(cells.value_eur) filter (
            where
            {{ of_cell }}
            <= {{ of_end }} - 4
        ), 0) as previous_value_eur,
        coalesce(sum(cells.value_eur) filter (
            where cells.year = rolling.end_year
        ), 0) as to_date_eur,
        coalesce(sum(cells.value_eur) filter (
            where
            cells.year = rolling.end_year - 1
            and cells.quarter <= rolling.end_quarter
        ), 0) as previous_to_date_eur,
        coalesce(sum(cells.value_eur) filter (
            where
            cells.year = rolling.end_year
            and cells.quarter = rolling.end_quarter
        ), 0) as quarter_eur,
        coalesce(sum(cells.value_eur) filter (
            where
            cells.year = rolling.end_year - 1
            and cells.quarter = rolling.end_quarter
        ), 0) as same_quarter_eur
    from rolling
    inner join cells
        on
            rolling.territory_code = cells.territory_code
            and rolling.flow = cells.flow
            and {{ of_cell }}
            between {{ of_end }} - 7
            and {{ of_end }}
    group by all
)

select
    windows.end_year,
    windows.end_quarter,
    rolling.period_end,
    windows.territory_level,
    windows.territory_code,
    windows.flow,
    windows.activity_code,
    windows.country_code,
    cast(windows.quarter_eur as bigint) as quarter_value_eur,
    case
        when rolling.quarter_not_compared_reason is null
            then cast(windows.same_quarter_eur as bigint)
    end as same_quarter_previous_year_eur,
    case
        when to_date.value_eur is not null
            then cast(windows.to_date_eur as bigint)
    end as year_to_date_eur,
    case
        when to_date.not_compared_reason is null
            then cast(windows.previous_to_date_eur as bigint)
    end as previous_year_to_date_eur,
    case
        when rolling.quarters_covered = 4
            then cast(windows.value_eur as bigint)
    end as rolling_year_eur,
    case
        when rolling.not_compared_reason is null
            then cast(windows.previous_value_eur as bigint)
    end as previous_rolling_year_eur,
    {{ share(
        '(windows.value_eur - windows.previous_value_eur)',
        'rolling.previous_value_eur'
    ) }} as contribution,
    case
        when not activities.is_energy
            then {{ share(
                '(windows.value_eur - windows.previous_value_eur)',
                'rolling.previous_without_energy_eur'
            ) }}
    end as contribution_without_energy
from windows
inner join rolling
    on
        windows.end_year = rolling.end_year
        and windows.end_quarter = rolling.end_quarter
        and windows.territory_code = rolling.territory_code
        and windows.flow = rolling.flow
inner join to_date
    on
        windows.end_year = to_date.end_year
        and windows.end_quarter = to_date.end_quarter
        and windows.territory_code = to_date.territory_code
        and windows.flow = to_date.flow
inner join activities
    on windows.activity_code = activities.activity_code
