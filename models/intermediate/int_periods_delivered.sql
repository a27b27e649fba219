{{ config(materialized='table') }}

{%- set as_of = text_literal(customs_as_of()) %}

with summed as (
    select * from {{ ref('int_files_summed') }}
),

files as (
    select * from {{ ref('stg_customs__files') }}
),

delivered as (
    select
        summed.flow,
        summed.year,
        summed.quarter,
        files.vintage,
        files.file_kind,
        files.source_file,
        files.file_id,
        files.file_sha256
    from summed
    inner join files
        on summed.file_id = files.file_id
    where
        not files.is_repeated
        -- What came after is not known.
        and (files.vintage <= {{ as_of }} or {{ as_of }} = '')
    group by all
),

-- Inside a vintage, the annual file rather than the rolling one: never both,
-- which would count the quarter twice.
of_one_file as (
    select *
    from delivered
    qualify
        row_number() over (
            partition by flow, year, quarter, vintage
            order by file_kind nulls last, source_file nulls last
        ) = 1
)

select * from of_one_file
