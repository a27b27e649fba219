with territories as (
    select * from {{ ref('dim_territory') }}
),

years as (
    select * from {{ ref('int_years_covered') }}
),

totals as (
    select * from {{ ref('fct_territory_totals') }}
),

shares as (
    select * from {{ ref('fct_share_ratios') }}
),

rankings as (
    select * from {{ ref('fct_rankings') }}
),

totals_by_flow as (
    select * from {{ ref('int_totals_by_flow') }}
),

-- How many territories a rank is among.
ranked as (
    select
        shares.year,
        shares.flow,
        shares.territory_level,
        territories.region_code,
        count(*) as territories_ranked
    from shares
    inner join territories
        on shares.territory_code = territories.territory_code
    group by grouping sets (
        (shares.year, shares.flow, shares.territory_level),
        (
            shares.year,
            shares.flow,
            shares.territory_level,
            territories.region_code
        )
    )
    having
        grouping(territories.region_code) = 1
        or territories.region_code is not null
),

partners as (
    select
        year,
        territory_code,
        flow,
        count(*) filter (where ranked_by = 'country') as partners,
        count(*) filter (where ranked_by = 'activity') as activities,
        {%- for side in ['country', 'activity'] %}
        max(member_code) filter (
            where ranked_by = '{{ side }}' and rank = 1
        ) as top_{{ side }}_code,
        max(value_eur) filter (
            where ranked_by = '{{ side }}' and rank = 1
        ) as top_{{ side }}_eur,
        max(value_share) filter (
            where ranked_by = '{{ side }}' and rank = 1
        ) as top_{{ side }}_share,
        {%- endfor %}
        max(cumulative_share) filter (
            where ranked_by = 'country' and rank <= 3
        ) as top_3_countries_share
    from rankings
    group by year, territory_code, flow
),

-- A row for every territory and year, traded or not: a sheet must be able to
-- say « no trade recorded ».
measured as (
    select
        years.year,
        years.quarters_covered,
        years.is_complete,
        years.is_comparable,
        territories.territory_level,
        territories.territory_code,
        territories.region_code,
        coalesce(totals.import_eur, 0) as import_eur,
        coalesce(totals.export_eur, 0) as export_eur
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
    measured.import_eur,
    measured.export_eur,
    {{ balance_eur('measured.import_eur', 'measured.export_eur') }}
        as balance_eur,
    {{ coverage_ratio('measured.import_eur', 'measured.export_eur') }}
        as coverage_ratio,
    case when measured.is_comparable then measured.year - 1 end
        as previous_year,
    case when measured.is_comparable
        then
            {{ balance_eur('previous.import_eur', 'previous.export_eur') }}
    end as previous_balance_eur,
    {%- for flow in ['import', 'export'] %}
    region_totals.{{ flow }}_eur as region_{{ flow }}_eur,
    {{ flow }}_shares.region_share as {{ flow }}_region_share,
    france_totals.{{ flow }}_eur as france_{{ flow }}_eur,
    {{ flow }}_shares.france_share as {{ flow }}_france_share,
    {{ flow }}_shares.rank_in_region as {{ flow }}_rank_in_region,
    cast({{ flow }}_region_ranked.territories_ranked as integer)
        as {{ flow }}_ranked_in_region,
    {{ flow }}_shares.rank_in_france as {{ flow }}_rank_in_france,
    cast({{ flow }}_france_ranked.territories_ranked as integer)
        as {{ flow }}_ranked_in_france,
    {{ share(flow ~ '_total.eu_value_eur', flow ~ '_total.value_eur') }}
        as {{ flow }}_eu_share,
    case when measured.is_comparable then previous.{{ flow }}_eur end
        as previous_{{ flow }}_eur,
    case when measured.is_comparable
        then
            {{ share(
                'measured.' ~ flow ~ '_eur - previous.' ~ flow ~ '_eur',
                'previous.' ~ flow ~ '_eur',
            ) }}
    end as {{ flow }}_change_ratio,
    cast(coalesce({{ flow }}_partners.partners, 0) as integer)
        as {{ flow }}_partners,
    cast(coalesce({{ flow }}_partners.activities, 0) as integer)
        as {{ flow }}_activities,
    {{ flow }}_partners.top_country_code as {{ flow }}_top_country_code,
    {{ flow }}_partners.top_country_eur as {{ flow }}_top_country_eur,
    {{ flow }}_partners.top_country_share as {{ flow }}_top_country_share,
    {{ flow }}_partners.top_3_countries_share
        as {{ flow }}_top_3_countries_share,
    {{ flow }}_partners.top_activity_code as {{ flow }}_top_activity_code,
    {{ flow }}_partners.top_activity_eur as {{ flow }}_top_activity_eur,
    {{ flow }}_partners.top_activity_share as {{ flow }}_top_activity_share
    {{- "," if not loop.last }}
    {%- endfor %}
from measured
left join totals as previous
    on
        measured.year = previous.year + 1
        and measured.territory_code = previous.territory_code
left join totals as region_totals
    on
        measured.year = region_totals.year
        and measured.region_code = region_totals.territory_code
left join totals as france_totals
    on
        measured.year = france_totals.year
        and france_totals.territory_code = 'FR'
{%- for flow in ['import', 'export'] %}
left join shares as {{ flow }}_shares
    on
        {{ flow }}_shares.flow = '{{ flow }}'
        and measured.year = {{ flow }}_shares.year
        and measured.territory_code = {{ flow }}_shares.territory_code
left join totals_by_flow as {{ flow }}_total
    on
        {{ flow }}_total.flow = '{{ flow }}'
        and measured.year = {{ flow }}_total.year
        and measured.territory_code = {{ flow }}_total.territory_code
left join partners as {{ flow }}_partners
    on
        {{ flow }}_partners.flow = '{{ flow }}'
        and measured.year = {{ flow }}_partners.year
        and measured.territory_code = {{ flow }}_partners.territory_code
left join ranked as {{ flow }}_region_ranked
    on
        {{ flow }}_region_ranked.flow = '{{ flow }}'
        and measured.year = {{ flow }}_region_ranked.year
        and {{ flow }}_region_ranked.territory_level = 'department'
        and measured.region_code = {{ flow }}_region_ranked.region_code
left join ranked as {{ flow }}_france_ranked
    on
        {{ flow }}_france_ranked.flow = '{{ flow }}'
        and measured.year = {{ flow }}_france_ranked.year
        and measured.territory_level = {{ flow }}_france_ranked.territory_level
        and {{ flow }}_france_ranked.region_code is null
        and measured.territory_level <> 'country'
{%- endfor %}
