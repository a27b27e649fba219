{{ config(materialized='table') }}

with summed as (
    select * from {{ ref('int_files_summed') }}
),

files as (
    select * from {{ ref('stg_customs__files') }}
),

nested as (
    select * from {{ ref('int_departments_nested') }}
),

by_department as (
    select
        files.vintage,
        files.file_kind,
        files.source_file,
        files.published_on,
        summed.year,
        summed.quarter,
        summed.flow,
        summed.customs_department_code,
        sum(summed.line_count) as line_count,
        sum(summed.value_eur) as value_eur
    from summed
    inner join files
        on summed.file_id = files.file_id and not files.is_repeated
    group by all
),

-- Inside a vintage, the annual file of a period or the rolling one, not both.
of_one_file as (
    select *
    from by_department
    qualify
        rank() over (
            partition by vintage, year, quarter, flow
            order by file_kind, source_file
        ) = 1
),

rolled_up as (
    select
        of_one_file.vintage,
        of_one_file.published_on,
        of_one_file.year,
        of_one_file.quarter,
        cast(of_one_file.flow as varchar) as flow,
        cast(nested.territory_level as varchar) as territory_level,
        cast(nested.territory_code as varchar) as territory_code,
        cast(sum(of_one_file.line_count) as bigint) as line_count,
        cast(sum(of_one_file.value_eur) as bigint) as value_eur
    from of_one_file
    inner join nested
        on of_one_file.customs_department_code = nested.customs_code
    group by all
)

select * from rolled_up
