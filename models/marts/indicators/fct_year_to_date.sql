with totals as (
    select * from {{ ref('int_quarter_totals_summed') }}
),

quarters as (
    select * from {{ ref('int_quarters_covered') }}
),

-- The rows of fct_rolling_year: who traded in the two years that end here.
windows as (
    select
        ends.year as end_year,
        ends.quarter as end_quarter,
        ends.period_start as end_start,
        ends.to_date_quarters_covered,
        ends.to_date_not_compared_reason,
        ends.flow,
        totals.territory_level,
        {%- for measure in ['value_eur', 'without_energy_eur'] %}
        coalesce(sum(totals.{{ measure }}) filter (
            where totals.year = ends.year
        ), 0) as {{ measure }},
        coalesce(sum(totals.{{ measure }}) filter (
            where
            totals.year = ends.year - 1 and totals.quarter <= ends.quarter
        ), 0) as previous_{{ measure }},
        {%- endfor %}
        totals.territory_code
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
    to_date_quarters_covered as quarters_covered,
    case
        when to_date_quarters_covered = end_quarter
            then cast(value_eur as bigint)
    end as value_eur,
    to_date_not_compared_reason as not_compared_reason,
    case
        when to_date_quarters_covered = end_quarter
            then cast(without_energy_eur as bigint)
    end as without_energy_eur,
    case
        when to_date_not_compared_reason is null
            then cast(previous_value_eur as bigint)
    end as previous_value_eur,
    case
        when to_date_not_compared_reason is null
            then {{ change_ratio('value_eur', 'previous_value_eur') }}
    end as change_ratio,
    case
        when to_date_not_compared_reason is null
            then cast(previous_without_energy_eur as bigint)
    end as previous_without_energy_eur,
    case
        when to_date_not_compared_reason is null
            then {{ change_ratio(
                'without_energy_eur', 'previous_without_energy_eur'
            ) }}
    end as change_ratio_without_energy
from windows
