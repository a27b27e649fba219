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

measured as (
    {%- for measure, column, threshold in measures %}
    select
        year,
        territory_code,
        territory_name,
        '{{ measure }}' as measure,
        cast({{ column }} as double) as value,
        cast({{ threshold }} as double) as threshold
    from departments
    union all
    {%- endfor %}
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

around as (
    select
        placed.year,
        placed.measure,
        placed.side,
        cuts.part,
        coalesce(
            max(placed.value) filter (
                where placed.part_below < cuts.part - 0.06
            ),
            max(placed.value) filter (where placed.part_below < cuts.part)
        ) as low,
        coalesce(
            min(placed.value) filter (
                where placed.part_below >= cuts.part + 0.06
            ),
            min(placed.value) filter (where placed.part_below >= cuts.part)
        ) as high
    from placed
    inner join cuts
        on placed.side = cuts.side
    group by placed.year, placed.measure, placed.side, cuts.part
),

parting as (
    select
        year,
        measure,
        side,
        {{ roundest_between('low', 'high') }} as cut
    from around
    where low is not null and high is not null
),

classed as (
    select
        *,
        cast(
            case side
                when 'any' then 1
                when 'below' then 1
                when 'at' then 3
                when 'above' then 4
            end
            + (
                select count(*)
                from parting
                where
                    parting.year = placed.year
                    and parting.measure = placed.measure
                    and parting.side = placed.side
                    and parting.cut <= placed.value
            ) as integer
        ) as class
    from placed
),

bounded as (
    select
        year,
        territory_code,
        territory_name,
        measure,
        threshold,
        value,
        class,
        min(value) over (partition by year, measure, class) as class_low,
        max(value) over (partition by year, measure, class) as class_high
    from classed
),

classes as (
    select distinct
        year,
        measure,
        threshold,
        class,
        class_low,
        class_high
    from bounded
    where class is not null
),

below as (
    select
        *,
        lag(class_high) over (
            partition by year, measure
            order by class nulls last
        ) as high_below
    from classes
),

-- A round number between two classes, for the legend.
parted as (
    select
        year,
        measure,
        class,
        case
            when high_below < threshold and threshold <= class_low
                then threshold
            when high_below is not null
                then {{ roundest_between('high_below', 'class_low') }}
        end as class_from
    from below
),

legends as (
    select
        *,
        lead(class_from) over (
            partition by year, measure
            order by class nulls last
        ) as class_to
    from parted
)

select
    bounded.year,
    bounded.territory_code,
    bounded.territory_name,
    bounded.measure,
    bounded.value,
    bounded.class,
    bounded.class_low,
    bounded.class_high,
    cast(legends.class_from as double) as class_from,
    cast(legends.class_to as double) as class_to
from bounded
left join legends
    on
        bounded.year = legends.year
        and bounded.measure = legends.measure
        and bounded.class = legends.class
