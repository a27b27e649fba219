{%- set shown_groups = [
    "EU", "US", "GB", "CN", "CH", "MERCOSUR", "MAGHREB"
] %}
{%- set shown_members = {
    "specialities": 6, "us_activities": 5, "dependence": 5
} %}

{#- What a territory sells more than others: a part of its exports that
    shows, and clearly above that of France. -#}
{%- set speciality_share = 0.01 %}
{%- set speciality_index = 1.5 %}

with exposure as (
    select * from {{ ref('fct_exposure') }}
    where flow = 'export'
),

by_activity as (
    select * from {{ ref('fct_exposure_by_activity') }}
    where flow = 'export' and partner_group = 'US'
),

dependence as (
    select * from {{ ref('fct_import_dependence') }}
    where is_signal
),

specialisation as (
    select * from {{ ref('fct_specialisation') }}
    where flow = 'export'
),

duties as (
    select * from {{ us_duties_on(text_literal(var('duty_date'))) }}
),

groups as (
    select
        partner_group,
        max(group_name_fr) as group_name_fr,
        max(group_name_en) as group_name_en
    from {{ ref('int_partner_groups_completed') }}
    group by partner_group
),

activities as (
    select * from {{ ref('dim_activity') }}
),

-- What it sells more than others, beside France.
of_specialities as (
    select
        specialisation.year,
        specialisation.territory_level,
        specialisation.territory_code,
        'specialities' as panel,
        specialisation.activity_code as member_code,
        activities.activity_name_fr as member_name_fr,
        activities.activity_name_en as member_name_en,
        activities.activity_short_fr as member_short_fr,
        activities.activity_short_en as member_short_en,
        specialisation.value_eur,
        specialisation.territory_share as share,
        specialisation.france_share as reference_share,
        specialisation.specialisation_index as ratio,
        specialisation.rank_in_france,
        cast(null as double) as duty_min_pct,
        cast(null as double) as duty_max_pct
    from specialisation
    inner join activities
        on specialisation.activity_code = activities.activity_code
    where
        specialisation.territory_level <> 'country'
        and specialisation.territory_share >= {{ speciality_share }}
        and specialisation.specialisation_index >= {{ speciality_index }}
),

-- Whom it sells to, beside France.
of_groups as (
    select
        exposure.year,
        exposure.territory_level,
        exposure.territory_code,
        'groups' as panel,
        exposure.partner_group as member_code,
        groups.group_name_fr as member_name_fr,
        groups.group_name_en as member_name_en,
        groups.group_name_fr as member_short_fr,
        groups.group_name_en as member_short_en,
        exposure.value_eur,
        exposure.share,
        france.share as reference_share,
        {{ share('exposure.share', 'france.share') }} as ratio,
        cast(null as integer) as rank_in_france,
        cast(null as double) as duty_min_pct,
        cast(null as double) as duty_max_pct
    from exposure
    inner join exposure as france
        on
            france.territory_level = 'country'
            and exposure.year = france.year
            and exposure.partner_group = france.partner_group
    inner join groups
        on exposure.partner_group = groups.partner_group
    where exposure.partner_group in (
        {%- for group in shown_groups %}
        {{ text_literal(group) }}{{ "," if not loop.last }}
        {%- endfor %}
    )
),

-- What it sells to the United States.
of_activities as (
    select
        by_activity.year,
        by_activity.territory_level,
        by_activity.territory_code,
        'us_activities' as panel,
        by_activity.activity_code as member_code,
        activities.activity_name_fr as member_name_fr,
        activities.activity_name_en as member_name_en,
        activities.activity_short_fr as member_short_fr,
        activities.activity_short_en as member_short_en,
        by_activity.value_eur,
        by_activity.share_of_group as share,
        france.share_of_group as reference_share,
        {{ share('by_activity.share_of_group', 'france.share_of_group') }}
            as ratio,
        cast(null as integer) as rank_in_france,
        duties.duty_min_pct,
        duties.duty_max_pct
    from by_activity
    left join by_activity as france
        on
            france.territory_level = 'country'
            and by_activity.year = france.year
            and by_activity.activity_code = france.activity_code
    inner join activities
        on by_activity.activity_code = activities.activity_code
    left join duties
        on by_activity.activity_code = duties.activity_code
    where by_activity.value_eur > 0
),

-- What it buys from few countries outside the Union.
of_dependence as (
    select
        dependence.year,
        dependence.territory_level,
        dependence.territory_code,
        'dependence' as panel,
        dependence.activity_code as member_code,
        activities.activity_name_fr as member_name_fr,
        activities.activity_name_en as member_name_en,
        activities.activity_short_fr as member_short_fr,
        activities.activity_short_en as member_short_en,
        dependence.import_eur as value_eur,
        dependence.extra_eu_share as share,
        cast(null as double) as reference_share,
        cast(null as double) as ratio,
        cast(null as integer) as rank_in_france,
        cast(null as double) as duty_min_pct,
        cast(null as double) as duty_max_pct
    from dependence
    inner join activities
        on dependence.activity_code = activities.activity_code
),

panels as (
    select * from of_specialities
    union all
    select * from of_groups
    union all
    select * from of_activities
    union all
    select * from of_dependence
),

positioned as (
    select
        *,
        cast(row_number() over (
            partition by year, territory_code, panel
            order by value_eur desc nulls last, member_code nulls last
        ) as integer) as position
    from panels
)

select
    year,
    territory_level,
    territory_code,
    panel,
    position,
    member_code,
    member_name_fr,
    member_name_en,
    member_short_fr,
    member_short_en,
    value_eur,
    share,
    reference_share,
    ratio,
    rank_in_france,
    duty_min_pct,
    duty_max_pct
from positioned
where
    panel = 'groups'
    {%- for panel, shown in shown_members.items() %}
    or (panel = '{{ panel }}' and position <= {{ shown }})
    {%- endfor %}
