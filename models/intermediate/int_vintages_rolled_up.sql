{{ config(materialized='table') }}

with summed as (
    select * from {{ ref('int_files_summed') }}
),

files as (
    select * from {{ ref('stg_customs__files') }}
),

delivered as (
    select * from {{ ref('int_periods_delivered') }}
),

nested as (
    select * from {{ ref('int_departments_nested') }}
),

by_department as (
    select
        delivered.vintage,
        files.published_on,
        summed.year,
        summed.quarter,
        summed.flow,
        summed.customs_department_code,
        sum(summed.line_count) as line_count,
        sum(summed.value_eur) as value_eur
    from summed
    inner join delivered
        on
            summed.file_id = delivered.file_id
            and summed.year = delivered.year
            and summed.quarter = delivered.quarter
            and summed.flow = delivered.flow
    inner join files
        on delivered.file_id = files.file_id
    group by all
),

rolled_up as (
    {{ roll_up(
        'by_department',
        ['vintage', 'published_on', 'year', 'quarter', 'flow'],
        ['line_count', 'value_eur']
    ) }}
)

select
    vintage,
    published_on,
    year,
    quarter,
    cast(flow as string) as flow,
    cast(territory_level as string) as territory_level,
    cast(territory_code as string) as territory_code,
    line_count,
    value_eur
from rolled_up
