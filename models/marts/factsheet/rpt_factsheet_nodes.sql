{{ config(
    materialized='keyed',
    keys_in='int_periods_selected',
    key_columns=['year'],
) }}

-- depends_on: {{ ref('int_periods_selected') }}
with named as (
    select * from {{ ref('int_factsheet_members_named') }}
    where {{ is_stale() }}
),

totals as (
    select * from {{ ref('int_totals_by_flow') }}
),

members as (
    select
        year,
        territory_level,
        territory_code,
        flow,
        side,
        node_code as member_code,
        min(rank) as member_rank,
        sum(value_eur) as value_eur,
        count(*) as members
    from named
    group by year, territory_level, territory_code, flow, side, node_code
),

positioned as (
    select
        *,
        row_number() over (
            partition by year, territory_code, flow, side
            order by
                member_code = '*other',
                member_code = '*unspecified',
                member_rank
        ) as position
    from members
)

select
    positioned.year,
    positioned.territory_level,
    positioned.territory_code,
    positioned.flow,
    positioned.side,
    positioned.member_code,
    cast(positioned.position as integer) as position,
    cast(positioned.value_eur as bigint) as value_eur,
    {{ share('positioned.value_eur', 'totals.value_eur') }} as value_share,
    cast(positioned.members as integer) as members
from positioned
inner join totals
    on
        positioned.year = totals.year
        and positioned.territory_code = totals.territory_code
        and positioned.flow = totals.flow
