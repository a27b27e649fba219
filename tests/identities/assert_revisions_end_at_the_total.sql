-- What a year came to in its last publication is what the marts show of it, and
-- every whole year of a territory has such a row.
with totals as (
    select
        year,
        territory_code,
        'export' as flow,
        export_eur as value_eur
    from {{ ref('rpt_factsheet_territories') }}
    where export_quarters = 4
    union all
    select
        year,
        territory_code,
        'import' as flow,
        import_eur as value_eur
    from {{ ref('rpt_factsheet_territories') }}
    where import_quarters = 4
),

revisions as (
    select *
    from {{ ref('rpt_factsheet_revisions') }}
    where is_current
)

select
    totals.year,
    totals.territory_code,
    totals.flow,
    totals.value_eur,
    revisions.value_eur as last_published_eur
from totals
left join revisions
    on
        totals.year = revisions.year
        and totals.territory_code = revisions.territory_code
        and totals.flow = revisions.flow
where revisions.value_eur is distinct from totals.value_eur
