with totals as (
    select * from {{ ref('int_quarter_totals_summed') }}
),

quarters as (
    select * from {{ ref('int_quarters_covered') }}
),

-- Each quarter is in the windows of four ends, and before those of four more.
windows as (
    select
        ends.year as end_year,
        ends.quarter as end_quarter,
        ends.period_start as end_start,
        ends.quarters_covered,
        ends.not_compared_reason,
        ends.quarter_not_compared_reason,
        ends.flow,
        totals.territory_level,
        totals.territory_code,
        {%- for measure in ['value_eur', 'without_energy_eur'] %}
        coalesce(sum(totals.{{ measure }}) filter (
            where totals.quarter_number > ends.quarter_number - 4
        ), 0) as {{ measure }},
        coalesce(sum(totals.{{ measure }}) filter (
            where totals.quarter_number <= ends.quarter_number - 4
        ), 0) as previous_{{ measure }},
        {%- endfor %}
        coalesce(sum(totals.value_eur) filter (
            where totals.quarter_number = ends.quarter_number
        ), 0) as quarter_value_eur,
        coalesce(sum(totals.value_eur) filter (
            where totals.quarter_number = ends.quarter_number - 4
        ), 0) as same_quarter_value_eur
    from quarters as ends
    inner join totals
        on
            ends.flow = totals.flow
            and totals.quarter_number
            between ends.quarter_number - 7 and ends.quarter_number
    group by all
)

select
    end_year,
    end_quarter,
    territory_level,
    territory_code,
    flow,
    {{ last_day_of_quarter('end_start') }} as period_end,
    quarters_covered,
    case when quarters_covered = 4 then cast(value_eur as bigint) end
        as value_eur,
    case
        when not_compared_reason is null
            then cast(previous_value_eur as bigint)
    end as previous_value_eur,
    case
        when not_compared_reason is null
            then {{ change_ratio('value_eur', 'previous_value_eur') }}
    end as change_ratio,
    not_compared_reason,
    case
        when quarters_covered = 4 then cast(without_energy_eur as bigint)
    end as without_energy_eur,
    case
        when not_compared_reason is null
            then cast(previous_without_energy_eur as bigint)
    end as previous_without_energy_eur,
    case
        when not_compared_reason is null
            then {{ change_ratio(
                'without_energy_eur', 'previous_without_energy_eur'
            ) }}
    end as change_ratio_without_energy,
    cast(quarter_value_eur as bigint) as quarter_value_eur,
    case
        when quarter_not_compared_reason is null
            then cast(same_quarter_value_eur as bigint)
    end as same_quarter_previous_year_eur,
    case
        when quarter_not_compared_reason is null
            then {{ change_ratio(
                'quarter_value_eur', 'same_quarter_value_eur'
            ) }}
    end as quarter_change_ratio,
    quarter_not_compared_reason
from windows
