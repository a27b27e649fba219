with exports as (
    select * from {{ ref('fct_exposure_by_activity') }}
    where flow = 'export' and partner_group = 'US'
),

duties as (
    select * from {{ ref('fct_us_duties') }}
),

exposure as (
    select * from {{ ref('fct_exposure') }}
    where flow = 'export' and partner_group = 'US'
)

select
    exports.year,
    exports.territory_level,
    exports.territory_code,
    duties.valid_from,
    duties.valid_to,
    cast(sum(exports.value_eur) as bigint) as us_export_eur,
    max(exposure.share) as us_share,
    {{ weighted_mean('exports.value_eur', 'duties.duty_min_pct') }}
        as duty_min_pct,
    {{ weighted_mean('exports.value_eur', 'duties.duty_max_pct') }}
        as duty_max_pct
from exports
inner join duties
    on exports.activity_code = duties.activity_code
inner join exposure
    on
        exports.year = exposure.year
        and exports.territory_code = exposure.territory_code
group by
    exports.year,
    exports.territory_level,
    exports.territory_code,
    duties.valid_from,
    duties.valid_to
having sum(exports.value_eur) > 0
