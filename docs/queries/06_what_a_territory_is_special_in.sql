-- In what does a department stand out from France?
select activities.activity_name_fr, special.territory_share, special.specialisation_index
from marts.fct_specialisation as special
inner join marts.dim_activity as activities using (activity_code)
where
    special.territory_code = 'D52' and special.year = 2024
    and special.flow = 'export' and special.territory_share >= 0.01
order by special.specialisation_index desc
limit 10;
