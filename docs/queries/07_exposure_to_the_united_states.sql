-- Which departments depend most on sales to the United States?
select territories.territory_name, exposure.share, exposure.value_eur
from marts.fct_exposure as exposure
inner join marts.dim_territory as territories using (territory_code)
where
    exposure.year = 2024 and exposure.flow = 'export'
    and exposure.partner_group = 'US' and exposure.territory_level = 'department'
order by exposure.share desc
limit 10;
