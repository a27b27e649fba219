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
        -- January 2022: EMEBI replaced DEB, a break in the intra-EU series.
        coalesce(
            covered.quarters_covered = 4
            and previous.quarters_covered = 4
            and covered.year <> 2022,
            false
        ) as is_comparable
    from covered
    left join covered as previous
        on covered.year = previous.year + 1
)

select * from compared
