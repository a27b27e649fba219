with territories as (
    select * from {{ ref('dim_territory') }}
),

years as (
    select * from {{ ref('int_years_covered') }}
),

totals as (
    select * from {{ ref('fct_territory_totals') }}
),

-- A row for every territory and year, traded or not: a sheet must be able to
-- say « no trade recorded ».
measured as (
    select
        years.year,
        territories.level as territory_level,
        territories.territory_code,
        territories.territory_name,
        territories.region_code,
        territories.has_sheet,
        territories.is_one_department,
        years.quarters_covered,
        years.is_complete,
        years.has_both_flows,
        years.import_quarters,
        years.export_quarters,
        years.not_compared_reason,
        case
            when years.is_comparable then years.year - 1
        end as previous_year,
        coalesce(totals.import_eur, 0) as import_eur,
        coalesce(totals.export_eur, 0) as export_eur
    from years
    cross join territories
    left join totals
        on
            years.year = totals.year
            and territories.territory_code = totals.territory_code
),

balanced as (
    select
        *,
        {{ balance_eur('import_eur', 'export_eur', 'has_both_flows') }}
            as balance_eur,
        {{ coverage_ratio('import_eur', 'export_eur', 'has_both_flows') }}
            as coverage_ratio
    from measured
)

select
    balanced.year,
    balanced.territory_level,
    balanced.territory_code,
    balanced.territory_name,
    balanced.region_code,
    balanced.has_sheet,
    balanced.is_one_department,
    balanced.quarters_covered,
    balanced.is_complete,
    balanced.has_both_flows,
    balanced.import_quarters,
    balanced.export_quarters,
    balanced.import_eur,
    balanced.export_eur,
    balanced.balance_eur,
    balanced.coverage_ratio,
    balanced.previous_year,
    previous.balance_eur as previous_balance_eur,
    balanced.not_compared_reason
from balanced
left join balanced as previous
    on
        balanced.previous_year = previous.year
        and balanced.territory_code = previous.territory_code
