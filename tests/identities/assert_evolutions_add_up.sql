-- Activities and partners add up to the rolling year, the year to date, the
-- quarter and the growth of France, at the end of every quarter. (Others are
-- the same query of fewer rows: tests/warehouse/test_evolutions.py.)
with cells as (
    select
        end_year,
        end_quarter,
        flow,
        sum(rolling_year_eur) as rolling_year_eur,
        sum(year_to_date_eur) as year_to_date_eur,
        sum(quarter_value_eur) as quarter_value_eur,
        sum(contribution) as contribution,
        sum(contribution_without_energy) as contribution_without_energy
    from {{ ref('fct_evolutions') }}
    where territory_code = 'FR'
    group by end_year, end_quarter, flow
),

rolling as (
    select * from {{ ref('fct_rolling_year') }}
    where territory_code = 'FR'
),

to_date as (
    select * from {{ ref('fct_year_to_date') }}
    where territory_code = 'FR'
)

select
    rolling.end_year,
    rolling.end_quarter,
    rolling.flow,
    rolling.value_eur,
    cells.rolling_year_eur
from rolling
left join to_date
    on
        rolling.end_year = to_date.end_year
        and rolling.end_quarter = to_date.end_quarter
        and rolling.flow = to_date.flow
left join cells
    on
        rolling.end_year = cells.end_year
        and rolling.end_quarter = cells.end_quarter
        and rolling.flow = cells.flow
where
    to_date.quarters_covered is null
    or cells.rolling_year_eur is distinct from rolling.value_eur
    or cells.year_to_date_eur is distinct from to_date.value_eur
    or cells.quarter_value_eur is distinct from rolling.quarter_value_eur
    or abs(cells.contribution - rolling.change_ratio) > 1e-9
    or abs(
        cells.contribution_without_energy - rolling.change_ratio_without_energy
    ) > 1e-9
