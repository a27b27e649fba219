-- A region and the departments in it, with their part of its exports.
select territories.territory_name, totals.export_eur, shares.region_share
from marts.dim_territory as territories
inner join marts.fct_territory_totals as totals using (territory_code)
inner join marts.fct_share_ratios as shares
    on
        totals.territory_code = shares.territory_code
        and totals.year = shares.year and shares.flow = 'export'
where
    territories.region_code = 'R44' and territories.level = 'department'
    and totals.year = 2024
order by totals.export_eur desc;
