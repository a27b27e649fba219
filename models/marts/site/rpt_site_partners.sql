{%- set shown_partners = 10 %}

with flows as (
    select * from {{ ref('int_flows_rolled_up') }}
    where territory_level = 'country'
),

activities as (
    select * from {{ ref('dim_activity') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

summed as (
    select
        year,
        cast(flow as string) as flow,
        cast(activity_code as string) as activity_code,
        cast(country_code as string) as country_code,
        sum(value_eur) as value_eur
    from flows
    group by all
),

-- Each cell once under its activity, once under its country.
sided as (
    select
        year,
        'activity' as member_kind,
        activity_code as member_code,
        flow,
        country_code as partner_code,
        value_eur
    from summed
    union all
    select
        year,
        'country' as member_kind,
        country_code as member_code,
        flow,
        activity_code as partner_code,
        value_eur
    from summed
),

named as (
    select
        sided.*,
        countries.country_name_fr,
        countries.country_name_en,
        activities.activity_name_fr,
        activities.activity_name_en,
        -- Partners that are not countries are in the total, and never ranked.
        sided.member_kind = 'country' or countries.is_country as is_ranked,
        sum(sided.value_eur) over (
            partition by
                sided.year, sided.member_kind, sided.member_code, sided.flow
        ) as whole_eur
    from sided
    left join countries
        on
            sided.member_kind = 'activity'
            and sided.partner_code = countries.country_code
    left join activities
        on
            sided.member_kind = 'country'
            and sided.partner_code = activities.activity_code
),

placed as (
    select
        *,
        row_number() over (
            partition by year, member_kind, member_code, flow
            order by value_eur desc nulls last, partner_code nulls last
        ) as position
    from named
    where is_ranked and value_eur > 0
)

select
    year,
    member_kind,
    member_code,
    flow,
    cast(position as integer) as position,
    partner_code,
    coalesce(country_name_fr, activity_name_fr) as partner_name_fr,
    coalesce(country_name_en, activity_name_en) as partner_name_en,
    cast(value_eur as bigint) as value_eur,
    {{ share('value_eur', 'whole_eur') }} as value_share
from placed
where position <= {{ shown_partners }}
