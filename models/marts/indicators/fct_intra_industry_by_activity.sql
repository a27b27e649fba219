with activities as (
    select * from {{ ref('int_activities_summed') }}
),

years as (
    select * from {{ ref('int_years_covered') }}
)

select
    activities.year,
    activities.territory_level,
    activities.territory_code,
    activities.activity_code,
    case when years.has_both_flows then {{ grubel_lloyd(
        'activities.paired_gap_eur', 'activities.paired_trade_eur'
    ) }} end as grubel_lloyd,
    case when years.has_both_flows then {{ grubel_lloyd(
        '(activities.paired_gap_eur - activities.largest_pair_gap_eur)',
        '(activities.paired_trade_eur - activities.largest_pair_trade_eur)'
    ) }} end as grubel_lloyd_without_largest_cell
from activities
inner join years
    on activities.year = years.year
