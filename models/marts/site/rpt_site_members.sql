{#- Round shares at which the colours of the map part. -#}
{%- set bounds = [0, 0.01, 0.03, 0.1, 0.2] %}

with rankings as (
    select
        *,
        coalesce(activity_code, country_code) as member_code
    from {{ ref('fct_rankings') }}
    where
        ranked_by in ('activity', 'country')
        and territory_level in ('country', 'department')
),

territories as (
    select * from {{ ref('dim_territory') }}
    where has_sheet
),

activities as (
    select * from {{ ref('dim_activity') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

france as (
    select * from rankings
    where territory_level = 'country'
),

compared as (
    select
        rankings.year,
        rankings.ranked_by as member_kind,
        rankings.member_code,
        rankings.flow,
        rankings.territory_level,
        rankings.territory_code,
        territories.territory_name,
        rankings.value_eur,
        rankings.value_share,
        rankings.rank as member_rank,
        {{ share('rankings.value_eur', 'france.value_eur') }}
            as share_of_france,
        row_number() over (
            partition by
                rankings.year,
                rankings.flow,
                rankings.ranked_by,
                rankings.member_code,
                rankings.territory_level
            order by
                rankings.value_eur desc nulls last,
                rankings.territory_code nulls last
        ) as place
    from rankings
    inner join territories
        on rankings.territory_code = territories.territory_code
    inner join france
        on
            rankings.year = france.year
            and rankings.flow = france.flow
            and rankings.ranked_by = france.ranked_by
            and rankings.member_code = france.member_code
),

classed as (
    select
        *,
        -- The first class that holds it, from above.
        case
            {%- for bound in bounds | reverse %}
            when value_share >= {{ bound }} then {{ loop.revindex }}
            {%- endfor %}
        end as class
    from compared
),

summed as (
    select
        *,
        -- Euros first: a sum of shares would differ with the order of rows.
        sum(case
            when territory_level = 'department' and place <= 3
                then value_eur
        end) over (
            partition by year, flow, member_kind, member_code
        ) as top_3_eur
    from classed
)

select
    summed.year,
    summed.member_kind,
    summed.member_code,
    coalesce(activities.activity_name_fr, countries.country_name_fr)
        as member_name_fr,
    coalesce(activities.activity_name_en, countries.country_name_en)
        as member_name_en,
    summed.flow,
    summed.territory_level,
    summed.territory_code,
    summed.territory_name,
    summed.value_eur,
    summed.value_share,
    summed.member_rank,
    summed.share_of_france,
    case
        when summed.territory_level = 'department'
            then cast(summed.place as integer)
    end as department_rank,
    case
        when summed.territory_level = 'country'
            then {{ share('summed.top_3_eur', 'summed.value_eur') }}
    end as top_3_share,
    cast(summed.class as integer) as class,
    cast(case summed.class
        {%- for bound in bounds %}
        when {{ loop.index }} then {{ bound }}
        {%- endfor %}
    end as double) as class_low,
    cast(case summed.class
        {%- for bound in bounds[1:] %}
        when {{ loop.index }} then {{ bound }}
        {%- endfor %}
    end as double) as class_high
from summed
left join activities
    on
        summed.member_kind = 'activity'
        and summed.member_code = activities.activity_code
left join countries
    on
        summed.member_kind = 'country'
        and summed.member_code = countries.country_code
