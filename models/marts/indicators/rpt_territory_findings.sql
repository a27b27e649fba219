{#- The worst grade of reliability at which a kind is still said. -#}
{%- set worst_grades = {
    'speciality': 'C',
    'rank': 'B',
    'largest_flow': 'C',
    'unusual_partner': 'B',
    'concentration': 'B',
    'exposure': 'B',
    'dependence': 'B',
    'change': 'B',
    'balance': 'C',
    'first_partner': 'C',
    'first_activity': 'C',
    'total': 'D',
    'none': 'D',
} -%}
{#- Trivia do not lead: a part of France's flow in it, or this many euros. -#}
{%- set least_share_of_france = 0.01 -%}
{%- set least_eur = 10000000 -%}
{%- set kept = 6 -%}

with territories as (
    select * from {{ ref('rpt_factsheet_territories') }}
    where has_sheet
),

key_figures as (
    select * from {{ ref('rpt_factsheet_key_figures') }}
),

specialisation as (
    select * from {{ ref('fct_specialisation') }}
),

members as (
    select * from {{ ref('fct_rankings') }}
),

partners as (
    select * from members
    where ranked_by = 'country'
),

cells as (
    select * from {{ ref('int_largest_cells_selected') }}
),

concentration as (
    select * from {{ ref('fct_concentration') }}
    where dimension = 'country'
),

exposure as (
    select * from {{ ref('fct_exposure') }}
    where partner_group = 'US' and flow = 'export'
),

dependence as (
    select * from {{ ref('fct_import_dependence') }}
    where is_signal
),

growth as (
    select * from {{ ref('fct_growth_contributions') }}
    where dimension = 'activity'
),

reliability as (
    select * from {{ ref('fct_reliability') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

activities as (
    select * from {{ ref('dim_activity') }}
),

origin as (
    select * from {{ ref('int_origin_summed') }}
),

-- Surprise of a share beside another: s · ln(s / reference), what it adds to
-- the divergence of the two distributions.
specialities as (
    select
        year,
        territory_code,
        'speciality' as kind,
        flow,
        activity_code as member_code,
        cast(null as string) as second_member_code,
        value_eur,
        territory_share as share,
        france_share as reference_share,
        specialisation_index as ratio,
        cast(null as integer) as rank_in_france,
        'share_and_ratio_to_france' as reason,
        territory_share * ln(specialisation_index) as score
    from specialisation
    where
        flow = 'export'
        and territory_level <> 'country'
        and specialisation_index >= 2
        and territory_share >= 0.03
        and (
            share_of_france >= {{ least_share_of_france }}
            or value_eur >= {{ least_eur }}
        )
),

ranks as (
    select
        year,
        territory_code,
        'rank' as kind,
        flow,
        activity_code as member_code,
        null as second_member_code,
        value_eur,
        share_of_france as share,
        territory_share as reference_share,
        specialisation_index as ratio,
        rank_in_france,
        'rank_and_share_of_france' as reason,
        sqrt(share_of_france * territory_share) / rank_in_france as score
    from specialisation
    where
        flow = 'export'
        and rank_in_france <= 3
        and territory_share >= 0.02
        and share_of_france >= {{ least_share_of_france }}
),

largest_flows as (
    select
        cells.year,
        cells.territory_code,
        'largest_flow' as kind,
        cells.flow,
        cells.activity_code as member_code,
        cells.country_code as second_member_code,
        cells.value_eur,
        {{ share('cells.value_eur', 'key_figures.value_eur') }} as share,
        null as reference_share,
        null as ratio,
        null as rank_in_france,
        'one_flow_weighs_much' as reason,
        {{ share('cells.value_eur', 'key_figures.value_eur') }} as score
    from cells
    inner join key_figures
        on
            cells.year = key_figures.year
            and cells.territory_code = key_figures.territory_code
            and cells.flow = key_figures.flow
    inner join countries
        on cells.country_code = countries.country_code
    where
        countries.is_country
        and cells.value_eur >= 0.08 * key_figures.value_eur
),

unusual_partners as (
    select
        partners.year,
        partners.territory_code,
        'unusual_partner' as kind,
        partners.flow,
        partners.country_code as member_code,
        null as second_member_code,
        partners.value_eur,
        partners.value_share as share,
        france.value_share as reference_share,
        partners.value_share / nullif(france.value_share, 0) as ratio,
        null as rank_in_france,
        'share_and_ratio_to_france' as reason,
        partners.value_share
        * ln(partners.value_share / nullif(france.value_share, 0)) as score
    from partners
    inner join partners as france
        on
            france.territory_level = 'country'
            and partners.year = france.year
            and partners.flow = france.flow
            and partners.country_code = france.country_code
    where
        partners.territory_level <> 'country'
        and partners.value_share >= 0.05
        and partners.value_share >= 1.5 * france.value_share
        and (
            partners.value_eur
            >= {{ least_share_of_france }} * france.value_eur
            or partners.value_eur >= {{ least_eur }}
        )
),

concentrations as (
    select
        concentration.year,
        concentration.territory_code,
        'concentration' as kind,
        concentration.flow,
        null as member_code,
        null as second_member_code,
        null as value_eur,
        concentration.top_3_share as share,
        france.top_3_share as reference_share,
        concentration.top_3_share / nullif(france.top_3_share, 0) as ratio,
        null as rank_in_france,
        'three_partners_weigh_more_than_in_france' as reason,
        concentration.top_3_share - france.top_3_share as score
    from concentration
    inner join concentration as france
        on
            france.territory_level = 'country'
            and concentration.year = france.year
            and concentration.flow = france.flow
    where
        concentration.territory_level <> 'country'
        and concentration.members > 3
        and concentration.top_3_share >= france.top_3_share + 0.1
),

exposures as (
    select
        exposure.year,
        exposure.territory_code,
        'exposure' as kind,
        exposure.flow,
        'US' as member_code,
        null as second_member_code,
        exposure.value_eur,
        exposure.share,
        france.share as reference_share,
        exposure.share / nullif(france.share, 0) as ratio,
        exposure.rank_in_france,
        'share_and_ratio_to_france' as reason,
        exposure.share * ln(exposure.share / nullif(france.share, 0)) as score
    from exposure
    inner join exposure as france
        on france.territory_level = 'country' and exposure.year = france.year
    where
        exposure.territory_level <> 'country'
        and exposure.share >= 0.05
        and exposure.share >= 1.3 * france.share
        and exposure.value_eur >= {{ least_eur }}
),

dependences as (
    select
        dependence.year,
        dependence.territory_code,
        'dependence' as kind,
        'import' as flow,
        dependence.activity_code as member_code,
        null as second_member_code,
        dependence.import_eur as value_eur,
        dependence.extra_eu_share as share,
        null as reference_share,
        dependence.hhi_max as ratio,
        null as rank_in_france,
        'criteria_of_2021' as reason,
        {{ share('dependence.import_eur', 'key_figures.value_eur') }} as score
    from dependence
    inner join key_figures
        on
            dependence.year = key_figures.year
            and dependence.territory_code = key_figures.territory_code
            and key_figures.flow = 'import'
    where dependence.import_eur >= {{ least_eur }}
),

-- Never on simulated data, whose years are drawn.
changes as (
    select
        growth.year,
        growth.territory_code,
        'change' as kind,
        growth.flow,
        growth.activity_code as member_code,
        null as second_member_code,
        growth.value_eur,
        growth.contribution as share,
        key_figures.change_ratio as reference_share,
        null as ratio,
        null as rank_in_france,
        'contribution_to_growth' as reason,
        2 * abs(growth.contribution) as score
    from growth
    inner join key_figures
        on
            growth.year = key_figures.year
            and growth.territory_code = key_figures.territory_code
            and growth.flow = key_figures.flow
    cross join origin
    where
        origin.data_origin <> 'simulated'
        and abs(growth.contribution) >= 0.02
        and abs(growth.value_eur - growth.previous_value_eur)
        >= {{ least_eur }}
),

balances as (
    select
        territories.year,
        territories.territory_code,
        'balance' as kind,
        null as flow,
        null as member_code,
        reference.territory_code as second_member_code,
        territories.balance_eur as value_eur,
        territories.coverage_ratio as share,
        reference.coverage_ratio as reference_share,
        territories.coverage_ratio / nullif(reference.coverage_ratio, 0)
            as ratio,
        null as rank_in_france,
        'coverage_beside_region' as reason,
        -- Of France, which stands beside nobody, after its first partner.
        coalesce(0.3 * least(1, abs(ln(
            territories.coverage_ratio / nullif(reference.coverage_ratio, 0)
        ))), 0.005) as score
    from territories
    left join territories as reference
        on
            territories.year = reference.year
            and territories.territory_level <> 'country'
            and reference.coverage_ratio > 0
            and reference.territory_code = case
                when territories.is_one_department then 'FR'
                else coalesce(territories.region_code, 'FR')
            end
    where
        territories.balance_eur is not null
        and territories.coverage_ratio > 0
),

first_partners as (
    select
        year,
        territory_code,
        'first_partner' as kind,
        flow,
        country_code as member_code,
        null as second_member_code,
        value_eur,
        value_share as share,
        null as reference_share,
        null as ratio,
        rank as rank_in_france,
        'largest_partner' as reason,
        0.05 * value_share as score
    from partners
    where rank = 1 and value_eur > 0
),

first_activities as (
    select
        year,
        territory_code,
        'first_activity' as kind,
        flow,
        activity_code as member_code,
        null as second_member_code,
        value_eur,
        value_share as share,
        null as reference_share,
        null as ratio,
        rank as rank_in_france,
        'largest_activity' as reason,
        0.04 * value_share as score
    from members
    where ranked_by = 'activity' and rank = 1 and value_eur > 0
),

totals as (
    select
        year,
        territory_code,
        'total' as kind,
        flow,
        null as member_code,
        null as second_member_code,
        value_eur,
        france_share as share,
        null as reference_share,
        null as ratio,
        rank_in_france,
        'size' as reason,
        case flow when 'export' then 0.002 else 0.001 end as score
    from key_figures
    where value_eur > 0
),

nothing as (
    select
        year,
        territory_code,
        'none' as kind,
        null as flow,
        null as member_code,
        null as second_member_code,
        0 as value_eur,
        null as share,
        null as reference_share,
        null as ratio,
        null as rank_in_france,
        'no_trade' as reason,
        0 as score
    from territories
    where import_eur + export_eur = 0
),

candidates as (
    {%- for candidate in [
        'specialities',
        'ranks',
        'largest_flows',
        'unusual_partners',
        'concentrations',
        'exposures',
        'dependences',
        'changes',
        'balances',
        'first_partners',
        'first_activities',
        'totals',
        'nothing',
    ] %}
    select * from {{ candidate }}
    {{- "\n    union all" if not loop.last }}
    {%- endfor %}
),

-- A balance is as good as the worse of the two flows.
grades as (
    select
        year,
        territory_code,
        flow,
        grade,
        array_contains(reasons, 'booked_by_convention') as is_booked
    from reliability
    union all
    select
        year,
        territory_code,
        null as flow,
        max(grade) as grade,
        bool_or(array_contains(reasons, 'booked_by_convention'))
            as is_booked
    from reliability
    group by year, territory_code
),

said as (
    select
        candidates.*,
        territories.territory_level,
        coalesce(grades.grade, 'D') as grade,
        case when grades.is_booked then 'booked_by_convention' end as note
    from candidates
    inner join territories
        on
            candidates.year = territories.year
            and candidates.territory_code = territories.territory_code
    left join grades
        on
            candidates.year = grades.year
            and candidates.territory_code = grades.territory_code
            and candidates.flow is not distinct from grades.flow
    where
        case candidates.kind
            {%- for kind, grade in worst_grades.items() %}
            when '{{ kind }}' then coalesce(grades.grade, 'D') <= '{{ grade }}'
            {%- endfor %}
        end
),

-- The best of each kind, and one finding a subject.
best as (
    select *
    from said
    qualify
        row_number() over (
            partition by year, territory_code, kind
            order by
                score desc nulls last,
                flow nulls last,
                member_code nulls last
        ) = 1
),

distinct_subjects as (
    select *
    from best
    qualify
        row_number() over (
            partition by year, territory_code, coalesce(member_code, kind)
            order by score desc nulls last, kind nulls last
        ) = 1
),

numbered as (
    select
        *,
        cast(row_number() over (
            partition by year, territory_code
            order by score desc nulls last, kind nulls last
        ) as integer) as rank
    from distinct_subjects
)

select
    numbered.year,
    numbered.territory_level,
    numbered.territory_code,
    numbered.rank,
    numbered.kind,
    numbered.flow,
    numbered.member_code,
    coalesce(activities.activity_name_fr, countries.country_name_fr)
        as member_name_fr,
    coalesce(activities.activity_name_en, countries.country_name_en)
        as member_name_en,
    countries.name_with_article as member_with_article_fr,
    numbered.second_member_code,
    second_countries.country_name_fr as second_member_name_fr,
    second_countries.country_name_en as second_member_name_en,
    second_countries.name_with_article as second_member_with_article_fr,
    cast(numbered.value_eur as bigint) as value_eur,
    cast(numbered.share as double) as share,
    cast(numbered.reference_share as double) as reference_share,
    cast(numbered.ratio as double) as ratio,
    numbered.rank_in_france,
    numbered.grade,
    numbered.note,
    numbered.reason,
    cast(numbered.score as double) as score
from numbered
left join activities
    on
        numbered.kind not in ('unusual_partner', 'first_partner', 'exposure')
        and numbered.member_code = activities.activity_code
left join countries
    on
        numbered.kind in ('unusual_partner', 'first_partner', 'exposure')
        and numbered.member_code = countries.country_code
left join countries as second_countries
    on
        numbered.kind = 'largest_flow'
        and numbered.second_member_code = second_countries.country_code
where numbered.rank <= {{ kept }}
