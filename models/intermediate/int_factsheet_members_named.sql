{%- set named_members = 10 %}

with ranked as (
    select * from {{ ref('int_members_ranked') }}
),

-- Each territory, of each level, names its own ten.
named as (
    select
        year,
        territory_level,
        territory_code,
        flow,
        ranked_by as side,
        member_code,
        rank,
        value_eur,
        case
            when rank is null then '*unspecified'
            when rank <= {{ named_members }} then member_code
            else '*other'
        end as node_code
    from ranked
    where ranked_by in ('activity', 'country')
)

select * from named
