{{ keyed_by('int_periods_selected', ['year', 'quarter']) }}

with partners as (
    select * from {{ ref('int_quarter_members_rolled_up') }}
    where dimension = 'country' and {{ is_stale() }}
),

countries as (
    select * from {{ ref('int_countries_completed') }}
),

summed as (
    select
        partners.year,
        partners.quarter,
        partners.territory_level,
        partners.territory_code,
        partners.flow,
        sum(partners.value_eur) as value_eur,
        -- A member in the last month of the quarter counts for the quarter.
        coalesce(sum(partners.value_eur) filter (
            where partners.year * 100 + partners.quarter * 3
            between countries.eu_member_from
            and coalesce(countries.eu_member_to, 999912)
        ), 0) as eu_value_eur
    from partners
    inner join countries
        on partners.member_code = countries.country_code
    group by all
)

select
    year,
    quarter,
    territory_level,
    territory_code,
    flow,
    cast(value_eur as bigint) as value_eur,
    cast(eu_value_eur as bigint) as eu_value_eur
from summed
