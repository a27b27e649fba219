with flows as (
    select * from {{ ref('int_flows_rolled_up') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

totals as (
    select * from {{ ref('int_totals_by_flow') }}
),

summed as (
    {%- for ranked_by in ['country', 'activity', 'product'] %}
    select
        year,
        territory_level,
        territory_code,
        flow,
        '{{ ranked_by }}' as ranked_by,
        {{ ranked_by }}_code as member_code,
        sum(value_eur) as value_eur
    from flows
    group by all
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

-- Supplies, corrections and the like keep their value in the total but are
-- nobody's partner.
rankable as (
    select summed.*
    from summed
    left join countries
        on
            summed.ranked_by = 'country'
            and summed.member_code = countries.country_code
    where coalesce(countries.is_country, true)
),

ranked as (
    select
        *,
        row_number() over (
            partition by year, territory_code, flow, ranked_by
            order by value_eur desc, member_code
        ) as rank,
        sum(value_eur) over (
            partition by year, territory_code, flow, ranked_by
            order by value_eur desc, member_code
            rows between unbounded preceding and current row
        ) as cumulative_eur
    from rankable
)

select
    ranked.year,
    ranked.territory_level,
    ranked.territory_code,
    ranked.flow,
    ranked.ranked_by,
    ranked.member_code,
    cast(ranked.rank as integer) as rank,
    cast(ranked.value_eur as bigint) as value_eur,
    {{ share('ranked.value_eur', 'totals.value_eur') }} as value_share,
    {{ share('ranked.cumulative_eur', 'totals.value_eur') }}
        as cumulative_share
from ranked
inner join totals
    on
        ranked.year = totals.year
        and ranked.territory_code = totals.territory_code
        and ranked.flow = totals.flow
