-- How much does Haute-Marne sell and buy abroad, year by year?
select year, export_eur, import_eur, balance_eur
from marts.fct_territory_totals
where territory_code = 'D52'
order by year;
