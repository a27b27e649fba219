{{ config(materialized='table') }}

with lines as (
    select * from {{ ref('stg_customs__lines') }}
),

files as (
    select * from {{ ref('stg_customs__files') }}
),

departments as (
    select * from {{ ref('int_departments_completed') }}
),

nested as (
    select * from {{ ref('int_departments_nested') }}
),

by_department as (
    select
        lines.vintage,
        files.file_kind,
        lines.year,
        lines.quarter,
        lines.flow,
        departments.territory_code,
        count(*) as line_count,
        sum(lines.value_eur) as value_eur
    from lines
    inner join files
        on
            lines.vintage = files.vintage
            and lines.source_file = files.source_file
            and not files.is_repeated
    inner join departments
        on lines.customs_department_code = departments.customs_code
    group by all
),

-- Inside a vintage, the annual file of a period or the rolling one, not both.
of_one_kind as (
    select *
    from by_department
    qualify
        rank() over (
            partition by vintage, year, quarter, flow
            order by file_kind
        ) = 1
),

rolled_up as (
    select
        of_one_kind.vintage,
        of_one_kind.year,
        of_one_kind.quarter,
        of_one_kind.flow,
        nested.territory_level,
        nested.territory_code,
        cast(sum(of_one_kind.line_count) as bigint) as line_count,
        cast(sum(of_one_kind.value_eur) as bigint) as value_eur
    from of_one_kind
    inner join nested
        on of_one_kind.territory_code = nested.department_code
    group by all
)

select * from rolled_up
