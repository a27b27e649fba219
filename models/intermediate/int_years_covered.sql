with periods as (
    select * from {{ ref('int_periods_selected') }}
),

delivered as (
    select
        year,
        quarter,
        count(*) as flows,
        count(*) filter (where flow = 'import') as imports,
        count(*) filter (where flow = 'export') as exports
    from periods
    group by year, quarter
),

covered as (
    select
        year,
        cast(count(*) filter (where flows = 2) as integer) as quarters_covered,
        cast(sum(imports) as integer) as import_quarters,
        cast(sum(exports) as integer) as export_quarters,
        -- Of a quarter with one flow alone, no balance can be said.
        min(flows) = 2 as has_both_flows
    from delivered
    group by year
),

compared as (
    select
        covered.year,
        covered.quarters_covered,
        covered.import_quarters,
        covered.export_quarters,
        covered.has_both_flows,
        covered.quarters_covered = 4 as is_complete,
        case
            when covered.quarters_covered < 4 then 'incomplete'
            -- January 2022: EMEBI replaced DEB, a break in the intra-EU series.
            when covered.year = 2022 then 'break'
            when previous.year is null then 'first_year'
            when previous.quarters_covered < 4 then 'previous_incomplete'
        end as not_compared_reason
    from covered
    left join covered as previous
        on covered.year = previous.year + 1
)

select
    *,
    not_compared_reason is null as is_comparable
from compared
