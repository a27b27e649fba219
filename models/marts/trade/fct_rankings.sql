{{ keyed_by('int_periods_selected', ['year']) }}

with ranked as (
    select * from {{ ref('int_members_ranked') }}
    where rank is not null and {{ is_stale() }}
),

totals as (
    select * from {{ ref('int_totals_by_flow') }}
),

cumulated as (
    select
        *,
        sum(value_eur) over (
            partition by year, territory_code, flow, ranked_by
            order by rank nulls last
            rows between unbounded preceding and current row
        ) as cumulative_eur
    from ranked
)

select
    cumulated.year,
    cumulated.territory_level,
    cumulated.territory_code,
    cumulated.flow,
    cumulated.ranked_by,
    {{- code_of_each_kind(
        'cumulated.ranked_by',
        'cumulated.member_code',
        ['activity', 'country', 'product']
    ) }},
    cumulated.rank,
    cumulated.value_eur,
    {{ share('cumulated.value_eur', 'totals.value_eur') }} as value_share,
    {{ share('cumulated.cumulative_eur', 'totals.value_eur') }}
        as cumulative_share
from cumulated
inner join totals
    on
        cumulated.year = totals.year
        and cumulated.territory_code = totals.territory_code
        and cumulated.flow = totals.flow
