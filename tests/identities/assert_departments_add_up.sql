-- Departments of a region add up to the region, those of a set to the set;
-- regions and departments without a region add up to France. By quarter and
-- flow, to the euro.
with quarters as (
    select
        quarters.*,
        territories.region_code
    from {{ ref('fct_territory_quarters') }} as quarters
    inner join {{ ref('dim_territory') }} as territories
        on quarters.territory_code = territories.territory_code
),

parts as (
    select
        year,
        quarter,
        region_code as territory_code,
        sum(import_eur) as import_eur,
        sum(export_eur) as export_eur
    from quarters
    where territory_level = 'department' and region_code is not null
    group by year, quarter, region_code
    union all
    select
        quarters.year,
        quarters.quarter,
        sets.territory_code,
        sum(quarters.import_eur) as import_eur,
        sum(quarters.export_eur) as export_eur
    from quarters
    inner join {{ ref('dim_territory_members') }} as sets
        on quarters.territory_code = sets.department_code
    where sets.level = 'set'
    group by quarters.year, quarters.quarter, sets.territory_code
    union all
    select
        year,
        quarter,
        'FR' as territory_code,
        sum(import_eur) as import_eur,
        sum(export_eur) as export_eur
    from quarters
    where
        territory_level = 'region'
        or (territory_level = 'department' and region_code is null)
    group by year, quarter
)

select
    quarters.year,
    quarters.quarter,
    quarters.territory_code,
    quarters.import_eur,
    parts.import_eur as parts_import_eur,
    quarters.export_eur,
    parts.export_eur as parts_export_eur
from quarters
left join parts
    on
        quarters.year = parts.year
        and quarters.quarter = parts.quarter
        and quarters.territory_code = parts.territory_code
where
    quarters.territory_level <> 'department'
    and (
        quarters.import_eur is distinct from parts.import_eur
        or quarters.export_eur is distinct from parts.export_eur
    )
