-- Who are its first customers, and what part of its exports do they take?
select rankings.rank, countries.country_name_fr, rankings.value_eur, rankings.value_share
from marts.fct_rankings as rankings
inner join marts.dim_country as countries using (country_code)
where
    rankings.territory_code = 'D52' and rankings.year = 2024
    and rankings.flow = 'export' and rankings.ranked_by = 'country'
    and rankings.rank <= 10
order by rankings.rank;
