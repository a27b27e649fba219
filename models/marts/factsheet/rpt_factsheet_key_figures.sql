with territories as (
    select * from {{ ref('dim_territory') }}
),

years as (
    select * from {{ ref('int_years_covered') }}
),

totals as (
    select * from {{ ref('fct_territory_totals') }}
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

members as (
    select
        year,
        territory_code,
        flow,
        count(*) filter (where ranked_by = 'country') as partners,
        count(*) filter (where ranked_by = 'activity') as activities,
        max(cumulative_share) filter (
            where ranked_by = 'country' and rank <= 3
        ) as top_3_countries_share
    from rankings
    group by year, territory_code, flow
),

largest as (
    select *
    from rankings
    where rank = 1
),

figures as (
    select
        shares.year,
        shares.territory_code,
        shares.flow,
        shares.region_share,
        shares.france_share,
        shares.rank_in_region,
        shares.rank_in_france,
        case
            when shares.rank_in_region is not null
                then cast(count(*) over (
                    partition by
                        shares.year, shares.flow, territories.region_code
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
        end as ranked_in_france,
        {{ share('flow_totals.eu_value_eur', 'flow_totals.value_eur') }}
            as eu_share,
        cast(members.partners as integer) as partners,
        cast(members.activities as integer) as activities,
        members.top_3_countries_share,
        countries.member_code as top_country_code,
        countries.value_eur as top_country_eur,
        countries.value_share as top_country_share,
        activities.member_code as top_activity_code,
        activities.value_eur as top_activity_eur,
        activities.value_share as top_activity_share
    from shares
    inner join territories
        on shares.territory_code = territories.territory_code
    inner join flow_totals
        on
            shares.year = flow_totals.year
            and shares.territory_code = flow_totals.territory_code
            and shares.flow = flow_totals.flow
    inner join members
        on
            shares.year = members.year
            and shares.territory_code = members.territory_code
            and shares.flow = members.flow
    {%- for side, alias in [
        ('country', 'countries'), ('activity', 'activities'),
    ] %}
    left join largest as {{ alias }}
        on
            {{ alias }}.ranked_by = '{{ side }}'
            and shares.year = {{ alias }}.year
            and shares.territory_code = {{ alias }}.territory_code
            and shares.flow = {{ alias }}.flow
    {%- endfor %}
),

-- A row for every territory and year, traded or not: a sheet must be able to
-- say « no trade recorded ».
measured as (
    select
        years.year,
        years.quarters_covered,
        years.is_complete,
        years.has_both_flows,
        years.import_quarters,
        years.export_quarters,
        territories.territory_level,
        territories.territory_code,
        territories.region_code,
        coalesce(totals.import_eur, 0) as import_eur,
        coalesce(totals.export_eur, 0) as export_eur,
        case
            when years.is_comparable then years.year - 1
        end as previous_year
    from years
    cross join territories
    left join totals
        on
            years.year = totals.year
            and territories.territory_code = totals.territory_code
)

select
    measured.year,
    measured.territory_level,
    measured.territory_code,
    measured.region_code,
    measured.quarters_covered,
    measured.is_complete,
    measured.has_both_flows,
    measured.import_quarters,
    measured.export_quarters,
    measured.import_eur,
    measured.export_eur,
    {{ balance_eur(
        'measured.import_eur', 'measured.export_eur', 'measured.has_both_flows'
    ) }} as balance_eur,
    {{ coverage_ratio(
        'measured.import_eur', 'measured.export_eur', 'measured.has_both_flows'
    ) }} as coverage_ratio,
    measured.previous_year,
    previous.balance_eur as previous_balance_eur,
    -- noqa: disable=LT02
    {%- for flow in ['import', 'export'] %}
    {%- set figures = flow ~ '_figures' %}
    region_totals.{{ flow }}_eur as region_{{ flow }}_eur,
    {{ figures }}.region_share as {{ flow }}_region_share,
    france_totals.{{ flow }}_eur as france_{{ flow }}_eur,
    {{ figures }}.france_share as {{ flow }}_france_share,
    {{ figures }}.rank_in_region as {{ flow }}_rank_in_region,
    {{ figures }}.ranked_in_region as {{ flow }}_ranked_in_region,
    {{ figures }}.rank_in_france as {{ flow }}_rank_in_france,
    {{ figures }}.ranked_in_france as {{ flow }}_ranked_in_france,
    {{ figures }}.eu_share as {{ flow }}_eu_share,
    previous.{{ flow }}_eur as previous_{{ flow }}_eur,
    {{ change_ratio('measured.' ~ flow ~ '_eur', 'previous.' ~ flow ~ '_eur') }}
        as {{ flow }}_change_ratio,
    coalesce({{ figures }}.partners, 0) as {{ flow }}_partners,
    coalesce({{ figures }}.activities, 0) as {{ flow }}_activities,
    {{ figures }}.top_country_code as {{ flow }}_top_country_code,
    {{ figures }}.top_country_eur as {{ flow }}_top_country_eur,
    {{ figures }}.top_country_share as {{ flow }}_top_country_share,
    {{ figures }}.top_3_countries_share as {{ flow }}_top_3_countries_share,
    {{ figures }}.top_activity_code as {{ flow }}_top_activity_code,
    {{ figures }}.top_activity_eur as {{ flow }}_top_activity_eur,
    {{ figures }}.top_activity_share as {{ flow }}_top_activity_share
    {{- "," if not loop.last }}
    {%- endfor %}
-- noqa: enable=LT02
from measured
left join totals as previous
    on
        measured.previous_year = previous.year
        and measured.territory_code = previous.territory_code
left join totals as region_totals
    on
        measured.year = region_totals.year
        and measured.region_code = region_totals.territory_code
left join totals as france_totals
    on
        france_totals.territory_level = 'country'
        and measured.year = france_totals.year
left join figures as import_figures
    on
        import_figures.flow = 'import'
        and measured.year = import_figures.year
        and measured.territory_code = import_figures.territory_code
left join figures as export_figures
    on
        export_figures.flow = 'export'
        and measured.year = export_figures.year
        and measured.territory_code = export_figures.territory_code
