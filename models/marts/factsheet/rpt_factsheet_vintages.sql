with periods as (
    select * from {{ ref('int_periods_selected') }}
),

years as (
    select * from {{ ref('int_years_covered') }}
),

-- A sheet prints its year, and the change on the one before where there is one.
printed as (
    select
        years.year,
        periods.year as printed_year,
        periods.vintage
    from years
    inner join periods
        on
            years.year = periods.year
            or (years.is_comparable and years.year = periods.year + 1)
)

select
    year,
    {{ joined_list_of('vintage', 'printed_year = year') }} as vintages,
    {{ joined_list_of('vintage') }} as sheet_vintages
from printed
group by year
