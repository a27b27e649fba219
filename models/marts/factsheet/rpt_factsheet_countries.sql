{%- set partners_per_flow = 10 %}

with rankings as (
    select * from {{ ref('fct_rankings') }}
),

balances as (
    select * from {{ ref('fct_trade_balances') }}
),

territories as (
    select * from {{ ref('dim_territory') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

-- The union of the largest origins and the largest destinations.
partners as (
    select
        year,
        territory_code,
        country_code
    from rankings
    where
        ranked_by = 'country'
        and rank <= {{ partners_per_flow }}
    group by year, territory_code, country_code
)

select
    balances.year,
    balances.territory_level,
    balances.territory_code,
    territories.territory_name,
    balances.country_code,
    countries.country_name_fr,
    countries.country_name_en,
    cast(row_number() over (
        partition by balances.year, balances.territory_code
        order by
            balances.import_eur + balances.export_eur desc nulls last,
            balances.country_code nulls last
    ) as integer) as position,
    balances.import_eur,
    balances.export_eur,
    balances.balance_eur
from balances
inner join partners
    on
        balances.year = partners.year
        and balances.territory_code = partners.territory_code
        and balances.country_code = partners.country_code
inner join territories
    on balances.territory_code = territories.territory_code
inner join countries
    on balances.country_code = countries.country_code
