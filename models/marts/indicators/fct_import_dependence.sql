{#- After the European Commission's criteria of 2021 (SWD(2021) 352). -#}
{%- set concentrated = 0.4 %}
{%- set outside_eu = 0.5 %}

with summed as (
    select * from {{ ref('int_activities_summed') }}
),

years as (
    select * from {{ ref('int_years_covered') }}
),

measured as (
    select
        summed.year,
        summed.territory_level,
        summed.territory_code,
        summed.activity_code,
        summed.import_eur,
        summed.export_eur,
        years.has_both_flows,
        years.is_complete,
        {{ herfindahl(
            'summed.import_squares',
            'summed.import_eur',
            'summed.unspecified_import_eur'
        ) }} as hhi_max,
        {{ share('summed.extra_eu_import_eur', 'summed.import_eur') }}
            as extra_eu_share
    from summed
    inner join years
        on summed.year = years.year
    where summed.import_eur > 0
),

judged as (
    select
        *,
        case
            when has_both_flows then
                hhi_max > {{ concentrated }}
                and extra_eu_share > {{ outside_eu }}
                and import_eur > export_eur
        end as meets_criteria
    from measured
),

-- The complete years among this one and the two before: a year without these
-- imports is known, and does not meet the criteria.
known as (
    select
        years.year,
        cast(count(*) as integer) as years_known
    from years
    inner join years as earlier
        on earlier.year between years.year - 2 and years.year
    where years.is_complete and earlier.is_complete
    group by years.year
),

met as (
    select
        judged.year,
        judged.territory_code,
        judged.activity_code,
        cast(count(*) filter (
            where earlier.meets_criteria and earlier.is_complete
        ) as integer) as years_met
    from judged
    inner join judged as earlier
        on
            judged.territory_code = earlier.territory_code
            and judged.activity_code = earlier.activity_code
            and earlier.year between judged.year - 2 and judged.year
    group by all
)

select
    judged.year,
    judged.territory_level,
    judged.territory_code,
    judged.activity_code,
    judged.import_eur,
    judged.export_eur,
    judged.hhi_max,
    judged.extra_eu_share,
    judged.meets_criteria,
    met.years_met,
    coalesce(known.years_known, 0) as years_known,
    -- Two years in three, when three are known; this one always.
    case
        when judged.is_complete then
            judged.meets_criteria
            and (known.years_known < 3 or met.years_met >= 2)
    end as is_signal
from judged
inner join met
    on
        judged.year = met.year
        and judged.territory_code = met.territory_code
        and judged.activity_code = met.activity_code
left join known
    on judged.year = known.year
