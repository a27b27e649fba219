with summed as (
    select * from {{ ref('int_activities_summed') }}
),

activities as (
    select * from {{ ref('int_activities_completed') }}
),

years as (
    select * from {{ ref('int_years_covered') }}
),

traded as (
    select
        summed.year,
        summed.territory_level,
        summed.territory_code,
        sum(summed.paired_gap_eur) as gap_eur,
        sum(summed.paired_trade_eur) as trade_eur,
        sum(summed.paired_gap_eur) filter (where not activities.is_energy)
            as gap_without_energy_eur,
        sum(summed.paired_trade_eur) filter (where not activities.is_energy)
            as trade_without_energy_eur,
        {{ greatest_of(
            'summed.largest_pair_trade_eur', 'summed.largest_pair_gap_eur'
        ) }} as largest_pair
    from summed
    inner join activities
        on summed.activity_code = activities.activity_code
    group by all
)

select
    traded.year,
    traded.territory_level,
    traded.territory_code,
    case when years.has_both_flows then {{ grubel_lloyd(
        'traded.gap_eur', 'traded.trade_eur'
    ) }} end as grubel_lloyd,
    case when years.has_both_flows then {{ grubel_lloyd(
        'traded.gap_without_energy_eur', 'traded.trade_without_energy_eur'
    ) }} end as grubel_lloyd_without_energy,
    case when years.has_both_flows then {{ grubel_lloyd(
        '(traded.gap_eur - traded.largest_pair.companion)',
        '(traded.trade_eur - traded.largest_pair.value)'
    ) }} end as grubel_lloyd_without_largest_cell
from traded
inner join years
    on traded.year = years.year
