{#- January 2022: EMEBI replaced DEB, a break in the intra-EU series. -#}
{%- set break_year, break_quarter = 2022, 1 %}

with periods as (
    select * from {{ ref('int_periods_selected') }}
),

years as (
    select * from {{ ref('int_years_covered') }}
),

delivered as (
    select
        year,
        quarter,
        max(case when flow = 'import' then vintage end) as import_vintage,
        max(case when flow = 'export' then vintage end) as export_vintage
    from periods
    group by year, quarter
),

ends as (
    select
        min(year * 4 + quarter) as first_number,
        max(year * 4 + quarter) as last_number,
        max(case
            when import_vintage is not null and export_vintage is not null
                then year * 4 + quarter
        end) as latest_number
    from delivered
),

-- Every quarter between the ends, those that nothing was delivered for too.
quarters as (
    select
        cast(floor((numbers.number - 1) / 4) as integer) as year,
        cast((numbers.number - 1) % 4 + 1 as integer) as quarter,
        coalesce(numbers.number = ends.latest_number, false) as is_latest
    from ends
    cross join {{ whole_numbers('numbers', 1900 * 4, 2100 * 4) }}
    where numbers.number between ends.first_number and ends.last_number
)

select
    {{ first_day_of_quarter('quarters.year', 'quarters.quarter') }}
        as period_start,
    {{ last_day_of_quarter(first_day_of_quarter(
        'quarters.year', 'quarters.quarter'
    )) }} as period_end,
    quarters.year,
    quarters.quarter,
    'T' || quarters.quarter || ' ' || quarters.year as label_fr,
    'Q' || quarters.quarter || ' ' || quarters.year as label_en,
    delivered.import_vintage is not null as has_imports,
    delivered.export_vintage is not null as has_exports,
    delivered.import_vintage,
    delivered.export_vintage,
    coalesce(years.quarters_covered, 0) as quarters_covered,
    coalesce(years.is_complete, false) as is_year_complete,
    quarters.year = {{ break_year }} and quarters.quarter = {{ break_quarter }}
        as is_after_break,
    quarters.is_latest,
    coalesce(quarters.year = (
        select max(complete.year)
        from years as complete
        where complete.is_complete
    ), false) as is_latest_year
from quarters
left join delivered
    on
        quarters.year = delivered.year
        and quarters.quarter = delivered.quarter
left join years
    on quarters.year = years.year
