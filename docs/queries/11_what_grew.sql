-- Which sales made a department's exports grow or shrink, over four quarters?
select
    countries.country_name_fr, activities.activity_name_fr,
    evolutions.rolling_year_eur, evolutions.previous_rolling_year_eur,
    evolutions.contribution
from marts.fct_evolutions as evolutions
inner join marts.dim_country as countries using (country_code)
inner join marts.dim_activity as activities using (activity_code)
where
    evolutions.territory_code = 'D52' and evolutions.flow = 'export'
    and evolutions.end_year = 2024 and evolutions.end_quarter = 4
order by abs(evolutions.contribution) desc
limit 10;
