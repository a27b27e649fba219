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
    {{ roll_up(
        'of_one_file',
        ['vintage', 'published_on', 'year', 'quarter', 'flow'],
        ['line_count', 'value_eur']
    ) }}
)

select
    vintage,
    published_on,
    year,
    quarter,
    cast(flow as varchar) as flow,
    cast(territory_level as varchar) as territory_level,
    cast(territory_code as varchar) as territory_code,
    line_count,
    value_eur
from rolled_up
