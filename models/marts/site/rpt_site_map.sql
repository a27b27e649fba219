{#- What a department is coloured by, where it is read (a flow that was not
    delivered is no 0), and the threshold its colours part at: none for measures
    that run from little to much. -#}
{%- set measures = [
    ('exports', 'case when export_quarters > 0 then export_eur end', 'null'),
    ('imports', 'case when import_quarters > 0 then import_eur end', 'null'),
    ('balance', 'balance_eur', 0),
    ('coverage', 'coverage_ratio', 1),
    ('top_destination_share', 'export_top_country_share', 'null'),
    ('top_origin_share', 'import_top_country_share', 'null'),
] %}

with figures as (
    select * from {{ ref('rpt_factsheet_key_figures') }}
),

territories as (
    select * from {{ ref('dim_territory') }}
),

departments as (
    select figures.*
    from figures
    inner join territories
        on figures.territory_code = territories.territory_code
    where
        territories.territory_level = 'department'
        and territories.is_known
        -- « Not determined » has no place on a map.
        and territories.territory_code <> 'D98'
),

measured as (
    {%- for measure, column, threshold in measures %}
    select
        year,
        territory_code,
        '{{ measure }}' as measure,
        cast({{ column }} as double) as value,
        cast({{ threshold }} as double) as threshold
    from departments
    {{- "\n    union all" if not loop.last }}
    {%- endfor %}
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

-- Ties have the same number of values under them, hence the same class.
placed as (
    select
        *,
        rank() over (
            partition by year, measure, side
            order by value
        ) - 1 as lower_values,
        count(*) over (partition by year, measure, side) as all_values
    from sided
),

-- Fifths of the values, or halves of those on either side of the threshold.
classed as (
    select
        *,
        cast(
            case side
                when 'any' then 1 + floor(5 * lower_values / all_values)
                when 'below' then 1 + floor(2 * lower_values / all_values)
                when 'at' then 3
                when 'above' then 4 + floor(2 * lower_values / all_values)
            end as integer
        ) as class
    from placed
),

bounded as (
    select
        year,
        territory_code,
        measure,
        value,
        class,
        min(value) over (partition by year, measure, class) as class_low,
        max(value) over (partition by year, measure, class) as class_high
    from classed
)

select * from bounded
