with summed as (
    select * from {{ ref('int_activities_summed') }}
),

activities as (
    select * from {{ ref('int_activities_completed') }}
),

years as (
    select * from {{ ref('int_years_covered') }}
),

-- Null where a balance would be false: one flow of a quarter is missing.
flows as (
    select
        summed.year,
        summed.territory_level,
        summed.territory_code,
        summed.activity_code,
        activities.is_energy,
        case when years.has_both_flows then summed.import_eur end
            as import_eur,
        case when years.has_both_flows then summed.export_eur end
            as export_eur
    from summed
    inner join activities
        on summed.activity_code = activities.activity_code
    inner join years
        on summed.year = years.year
),

totals as (
    select
        *,
    {%- for flow in ['import', 'export'] %}
    sum({{ flow }}_eur) over (
        partition by year, territory_code
        ) as total_{{ flow }}_eur,
    sum({{ flow }}_eur) over (
        partition by year, territory_code, is_energy
        ) as total_{{ flow }}_without_energy_eur
    {{- "," if not loop.last }}
    {%- endfor %}
    from flows
)

select
    year,
    territory_level,
    territory_code,
    activity_code,
    {{ balance_contribution(
        'import_eur', 'export_eur', 'total_import_eur', 'total_export_eur'
    ) }} as contribution_permille,
    case when not is_energy then {{ balance_contribution(
        'import_eur',
        'export_eur',
        'total_import_without_energy_eur',
        'total_export_without_energy_eur'
    ) }} end as contribution_permille_without_energy
from totals
