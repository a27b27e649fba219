{{ config(
    materialized='view',
    meta={
        'published_as': 'view',
        'key': [
            'year', 'quarter', 'flow', 'territory_code', 'product_code',
            'activity_code', 'country_code'
        ],
    }
) }}

with flows as (
    select * from {{ ref('fct_trade_flows') }}
),

territories as (
    select * from {{ ref('dim_territory') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

activities as (
    select * from {{ ref('dim_activity') }}
),

products as (
    select * from {{ ref('dim_product') }}
)

select
    flows.year,
    flows.quarter,
    flows.period_start,
    flows.flow,
    territories.region_code,
    territories.region_name,
    flows.territory_code,
    territories.territory_name,
    flows.country_code,
    countries.country_name_fr,
    countries.country_name_en,
    coalesce(
        {{ last_day_of_quarter('flows.period_start') }}
        between countries.eu_member_from
        and coalesce(
            countries.eu_member_to,
            {{ last_day_of_quarter('flows.period_start') }}
        ), false
    ) as is_eu,
    activities.a17_code,
    activities.a17_name_fr,
    activities.a17_name_en,
    flows.activity_code,
    activities.activity_name_fr,
    activities.activity_name_en,
    flows.product_code,
    products.product_name_fr,
    flows.value_eur,
    case when flows.flow = 'import' then flows.value_eur else 0 end
        as import_eur,
    case when flows.flow = 'export' then flows.value_eur else 0 end
        as export_eur,
    flows.mass_kg
from flows
inner join territories
    on flows.territory_code = territories.territory_code
inner join countries
    on flows.country_code = countries.country_code
inner join activities
    on flows.activity_code = activities.activity_code
inner join products
    on flows.product_code = products.product_code
