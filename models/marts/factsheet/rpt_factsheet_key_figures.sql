with territories as (
    select * from {{ ref('rpt_factsheet_territories') }}
),

flow_totals as (
    select * from {{ ref('int_totals_by_flow') }}
),

shares as (
    select * from {{ ref('fct_share_ratios') }}
),

rankings as (
    select * from {{ ref('fct_rankings') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

activities as (
    select * from {{ ref('dim_activity') }}
),

nested as (
    select
        cast(customs_code as string) as customs_code,
        cast(territory_code as string) as territory_code
    from {{ ref('int_departments_nested') }}
),

-- Rejected lines that still say their flow, year and department.
rejected as (
    select
        cast(right(periods.period, 4) as integer) as year,
        nested.territory_code,
        case left(periods.period, 1) when 'I' then 'import' else 'export' end
            as flow,
        count(*) as line_count
    from (
        select
            {{ customs_line_period('raw_line') }} as period,
            split_part(raw_line, ';', 4) as customs_code
        from {{ ref('rejected_lines') }}
    ) as periods
    inner join nested
        on periods.customs_code = nested.customs_code
    where periods.period is not null
    group by all
),

traded as (
    {%- for flow in ['import', 'export'] %}
    select
        year,
        territory_level,
        territory_code,
        territory_name,
        region_code,
        previous_year,
        '{{ flow }}' as flow,
        {{ flow }}_eur as value_eur,
        {{ flow }}_quarters as flow_quarters
    from territories
    {{- "\n    union all" if not loop.last }}
    {%- endfor %}
),

members as (
    select
        year,
        territory_code,
        flow,
        cast(count(*) filter (where ranked_by = 'country') as integer)
            as partners,
        cast(count(*) filter (where ranked_by = 'activity') as integer)
            as activities,
        max(cumulative_share) filter (
            where ranked_by = 'country' and rank <= 3
        ) as top_3_countries_share
    from rankings
    group by year, territory_code, flow
),

largest as (
    select
        rankings.year,
        rankings.territory_code,
        rankings.flow,
        rankings.ranked_by,
        rankings.country_code,
        rankings.activity_code,
        countries.country_name_fr,
        countries.country_name_en,
        activities.activity_name_fr,
        activities.activity_name_en,
        activities.activity_short_fr,
        activities.activity_short_en,
        rankings.value_eur,
        rankings.value_share
    from rankings
    left join countries
        on rankings.country_code = countries.country_code
    left join activities
        on rankings.activity_code = activities.activity_code
    where rankings.rank = 1
),

ranked as (
    select
        shares.*,
        case
            when shares.rank_in_region is not null
                then cast(count(*) over (
                    partition by
                        shares.year,
                        shares.flow,
                        territories.region_code,
                        shares.rank_in_region is not null
                ) as integer)
        end as ranked_in_region,
        case
            when shares.rank_in_france is not null
                then cast(count(*) over (
                    partition by
                        shares.year,
                        shares.flow,
                        shares.territory_level,
                        shares.rank_in_france is not null
                ) as integer)
        end as ranked_in_france
    from shares
    inner join territories
        on
            shares.year = territories.year
            and shares.territory_code = territories.territory_code
)

select
    traded.year,
    traded.territory_level,
    traded.territory_code,
    traded.territory_name,
    traded.flow,
    traded.value_eur,
    {{ value_status(
        'traded.value_eur',
        'flow_totals.value_eur is not null',
        'traded.flow_quarters',
        has_rejected='rejected.line_count > 0'
    ) }} as value_status,
    ranked.region_eur,
    ranked.region_share,
    ranked.france_eur,
    ranked.france_share,
    ranked.rank_in_region,
    ranked.ranked_in_region,
    ranked.rank_in_france,
    ranked.ranked_in_france,
    {{ share('flow_totals.eu_value_eur', 'flow_totals.value_eur') }}
        as eu_share,
    previous.value_eur as previous_value_eur,
    {{ change_ratio('traded.value_eur', 'previous.value_eur') }}
        as change_ratio,
    coalesce(members.partners, 0) as partners,
    coalesce(members.activities, 0) as activities,
    top_country.country_code as top_country_code,
    top_country.country_name_fr as top_country_name_fr,
    top_country.country_name_en as top_country_name_en,
    top_country.value_eur as top_country_eur,
    top_country.value_share as top_country_share,
    members.top_3_countries_share,
    top_activity.activity_code as top_activity_code,
    top_activity.activity_name_fr as top_activity_name_fr,
    top_activity.activity_name_en as top_activity_name_en,
    top_activity.activity_short_fr as top_activity_short_fr,
    top_activity.activity_short_en as top_activity_short_en,
    top_activity.value_eur as top_activity_eur,
    top_activity.value_share as top_activity_share
from traded
left join traded as previous
    on
        traded.previous_year = previous.year
        and traded.territory_code = previous.territory_code
        and traded.flow = previous.flow
{%- for joined in ['ranked', 'flow_totals', 'members', 'rejected'] %}
left join {{ joined }}
    on
        traded.year = {{ joined }}.year
        and traded.territory_code = {{ joined }}.territory_code
        and traded.flow = {{ joined }}.flow
{%- endfor %}
{%- for side in ['country', 'activity'] %}
left join largest as top_{{ side }}
    on
        top_{{ side }}.ranked_by = '{{ side }}'
        and traded.year = top_{{ side }}.year
        and traded.territory_code = top_{{ side }}.territory_code
        and traded.flow = top_{{ side }}.flow
{%- endfor %}
