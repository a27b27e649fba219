-- Which departments export beverages? The view has names, and sums of it are France.
select territory_name, sum(export_eur) as export_eur
from marts.trade_labelled
where year = 2024 and activity_code = 'C11Z'
group by territory_name
order by export_eur desc
limit 10;
