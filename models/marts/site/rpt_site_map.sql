{#- What a department is coloured by, where it is read (a flow that was not
    delivered is no 0), and the threshold its colours part at: none for measures
    that run from little to much. -#}
{%- set measures = [
    ('exports', 'case when export_quarters > 0 then export_eur end', 'null'),
    ('imports', 'case when import_quarters > 0 then import_eur end', 'null'),
    ('balance', 'balance_eur', 0),
    ('coverage', 'coverage_ratio', 1),
] %}

with territories as (
    select * from {{ ref('rpt_factsheet_territories') }}
),

figures as (
    select * from {{ ref('rpt_factsheet_key_figures') }}
),

departments as (
    select *
    from territories
    where territory_level = 'department' and has_sheet
),

measures as (
    {%- for measure, column, threshold in measures %}
    select
        '{{ measure }}' as measure,
        cast({{ threshold }} as double) as threshold
    {{- "\n    union all" if not loop.last }}
    {%- endfor %}
),

measured as (
    select
        departments.year,
        departments.territory_code,
        departments.territory_name,
        measures.measure,
        case measures.measure
            {%- for measure, column, threshold in measures %}
            when '{{ measure }}' then cast({{ column }} as double)
            {%- endfor %}
        end as value,
        measures.threshold
    from departments
    cross join measures
    union all
    select
        departments.year,
        departments.territory_code,
        departments.territory_name,
        case figures.flow
            when 'export' then 'top_destination_share'
            else 'top_origin_share'
        end as measure,
        figures.top_country_share as value,
        cast(null as double) as threshold
    from departments
    inner join figures
        on
            departments.year = figures.year
            and departments.territory_code = figures.territory_code
),

sided as (
    select
        *,
        case
            when value is null then 'undefined'
            when threshold is null then 'any'
            when value < threshold then 'below'
            when value > threshold then 'above'
            else 'at'
        end as side
    from measured
),

-- Ties have the same part of the values under them.
placed as (
    select
        *,
        (
            rank() over (
                partition by year, measure, side
                order by value nulls last
            ) - 1
        ) / count(*) over (partition by year, measure, side) as part_below
    from sided
),

-- Fifths of the values, or halves of those beside the threshold, parted at
-- the roundest number near by: near is within six hundredths of the values.
cuts (side, part) as (
    values
    ('any', 0.2), ('any', 0.4), ('any', 0.6), ('any', 0.8),
    ('below', 0.5), ('above', 0.5)
),

-- A row for each cut of its side.
cut_at as (
    select
        placed.*,
        cuts.part
    from placed
    left join cuts
        on placed.side = cuts.side
),

-- By windows, here and below: an engine that keeps no CTE makes what is
-- joined with itself once for each side.
around as (
    select
        *,
        coalesce(
            max(case when part_below < part - 0.06 then value end)
                over same_cut,
            max(case when part_below < part then value end) over same_cut
        ) as low,
        coalesce(
            min(case when part_below >= part + 0.06 then value end)
                over same_cut,
            min(case when part_below >= part then value end) over same_cut
        ) as high
    from cut_at
    window same_cut as (partition by year, measure, side, part)
),

parting as (
    select
        *,
        case
            when low is not null and high is not null
                then {{ roundest_between('low', 'high') }}
        end as cut
    from around
),

classed as (
    select
        year,
        territory_code,
        territory_name,
        measure,
        threshold,
        value,
        cast(
            case side
                when 'any' then 1
                when 'below' then 1
                when 'at' then 3
                when 'above' then 4
            end + count(case when cut <= value then 1 end) as integer
        ) as class
    from parting
    group by
        year,
        territory_code,
        territory_name,
        measure,
        threshold,
        value,
        side
),

bounded as (
    select
        *,
        min(value) over (partition by year, measure, class) as class_low,
        max(value) over (partition by year, measure, class) as class_high,
        max(value) over (
            partition by year, measure
            order by class nulls last
            range between unbounded preceding and 1 preceding
        ) as high_below
    from classed
),

-- A round number between two classes, for the legend.
parted as (
    select
        *,
        case
            when class is null
                then null
            when high_below < threshold and threshold <= class_low
                then threshold
            when high_below is not null
                then {{ roundest_between('high_below', 'class_low') }}
        end as class_from
    from bounded
)

select
    year,
    territory_code,
    territory_name,
    measure,
    value,
    class,
    class_low,
    class_high,
    class_from,
    case when class is not null then min(class_from) over (
        partition by year, measure
        order by class nulls last
        range between 1 following and unbounded following
    ) end as class_to
from parted
