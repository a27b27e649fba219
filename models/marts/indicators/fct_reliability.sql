{#- From which share on a reason holds, and from which it is serious. -#}
{%- set thresholds = {
    'unspecified_partners': ('unspecified_share', 0.05, 0.2),
    'one_cell': ('largest_cell_share', 0.3, 0.5),
    'energy': ('energy_share', 0.25, 0.5),
    'booked_by_convention': ('booked_share', 0, 0.2),
    'revised': ('revised_share', 0.02, 0.1),
    'rejected_lines': ('rejected_share', 0.0001, 0.001),
} -%}

with totals as (
    select * from {{ ref('int_totals_by_flow') }}
),

concentration as (
    select * from {{ ref('fct_concentration') }}
    where dimension = 'country'
),

cells as (
    select * from {{ ref('int_largest_cells_selected') }}
),

activities as (
    select * from {{ ref('int_activity_totals_summed') }}
),

notes as (
    select * from {{ ref('stg_reference__attribution_notes') }}
),

nested as (
    select
        cast(customs_code as string) as customs_code,
        cast(territory_level as string) as territory_level,
        cast(territory_code as string) as territory_code
    from {{ ref('int_departments_nested') }}
),

revisions as (
    select * from {{ ref('fct_revisions') }}
    where is_current
),

files as (
    select * from {{ ref('stg_customs__files') }}
),

rejected as (
    select * from {{ ref('rejected_lines') }}
),

periods as (
    select * from {{ ref('int_periods_selected') }}
),

years as (
    select * from {{ ref('int_years_covered') }}
),

energy as (
    select
        year,
        territory_code,
        flow,
        max(energy_eur) as energy_eur
    from activities
    group by all
),

-- What a convention books in a department, in it and in what contains it;
-- in France it is booked where it belongs.
booked as (
    select
        activities.year,
        nested.territory_code,
        activities.flow,
        sum(activities.value_eur) as booked_eur
    from notes
    inner join nested as department
        on
            notes.customs_code = department.customs_code
            and department.territory_level = 'department'
    inner join activities
        on
            department.territory_code = activities.territory_code
            and notes.activity_code = activities.activity_code
            and notes.flow = activities.flow
    inner join nested
        on
            notes.customs_code = nested.customs_code
            and nested.territory_level <> 'country'
    where notes.reason = 'booked_by_convention'
    group by all
),

ports as (
    select nested.territory_code
    from notes
    inner join nested
        on
            notes.customs_code = nested.customs_code
            and nested.territory_level = 'department'
    where notes.reason = 'port'
    group by nested.territory_code
),

-- Against the first vintage that is known of each quarter.
revised as (
    select
        year,
        territory_code,
        flow,
        sum(abs(change_from_first_eur)) as revised_eur
    from revisions
    group by all
),

rejected_of_files as (
    select
        files.file_id,
        {{ share('count(*)', 'max(files.line_count)') }} as rejected_share
    from rejected
    inner join files
        on
            rejected.vintage = files.vintage
            and rejected.source_file = files.source_file
    group by files.file_id
),

rejected_of_years as (
    select
        periods.year,
        periods.flow,
        max(rejected_of_files.rejected_share) as rejected_share
    from periods
    inner join rejected_of_files
        on periods.file_id = rejected_of_files.file_id
    group by all
),

measured as (
    select
        totals.year,
        totals.territory_level,
        totals.territory_code,
        totals.flow,
        totals.value_eur,
        years.is_complete,
        ports.territory_code is not null as is_port,
        concentration.unspecified_share,
        {{ share('cells.value_eur', 'totals.value_eur') }}
            as largest_cell_share,
        {{ share('energy.energy_eur', 'totals.value_eur') }} as energy_share,
        coalesce(
            {{ share('booked.booked_eur', 'totals.value_eur') }}, 0
        ) as booked_share,
        coalesce(
            {{ share('revised.revised_eur', 'totals.value_eur') }}, 0
        ) as revised_share,
        coalesce(rejected_of_years.rejected_share, 0) as rejected_share
    from totals
    inner join years
        on totals.year = years.year
    {%- for joined in [
        'concentration', 'cells', 'energy', 'booked', 'revised'
    ] %}
    left join {{ joined }}
        on
            totals.year = {{ joined }}.year
            and totals.territory_code = {{ joined }}.territory_code
            and totals.flow = {{ joined }}.flow
    {%- endfor %}
    left join ports
        on totals.territory_code = ports.territory_code
    left join rejected_of_years
        on
            totals.year = rejected_of_years.year
            and totals.flow = rejected_of_years.flow
),

reasoned as (
    select
        *,
        {{ list_of_known([
            "case when not is_complete then 'incomplete_year' end",
            "case when value_eur < 1000000 then 'small_amounts' end",
            "case when is_port then 'port' end",
        ] + threshold_reasons(thresholds, 1)) }} as reasons,
        {{ list_of_known(
            ["case when not is_complete then 'incomplete_year' end"]
            + threshold_reasons(thresholds, 2)
        ) }} as serious_reasons
    from measured
)

select
    year,
    territory_level,
    territory_code,
    flow,
    case
        when value_eur = 0 then 'D'
        when {{ list_length('serious_reasons') }} >= 2 then 'D'
        when
            {{ list_length('serious_reasons') }} = 1
            or {{ list_length('reasons') }} >= 3
            then 'C'
        when {{ list_length('reasons') }} >= 1 then 'B'
        else 'A'
    end as grade,
    reasons,
    serious_reasons,
    unspecified_share,
    largest_cell_share,
    energy_share,
    booked_share,
    revised_share,
    rejected_share
from reasoned
