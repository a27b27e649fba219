-- The key figures of a territory in a year: one row per flow.
select
    figures.year,
    figures.territory_level,
    figures.territory_code,
    figures.territory_name,
    figures.flow,
    figures.value_eur,
    figures.value_status,
    figures.previous_value_eur,
    figures.change_ratio,
    totals.balance_eur,
    totals.coverage_ratio,
    totals.quarters_covered,
    figures.region_share,
    figures.rank_in_region,
    figures.ranked_in_region,
    figures.france_share,
    figures.rank_in_france,
    figures.ranked_in_france,
    figures.eu_share,
    figures.partners,
    figures.activities,
    figures.top_country_code,
    figures.top_country_name_en,
    figures.top_country_share,
    figures.top_activity_code,
    figures.top_activity_name_en,
    figures.top_activity_share
from marts.rpt_factsheet_key_figures as figures
inner join marts.rpt_factsheet_territories as totals
    on
        figures.year = totals.year
        and figures.territory_code = totals.territory_code
where
    figures.year = $year
    and figures.territory_code = $territory_code
order by figures.flow
