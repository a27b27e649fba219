-- Every physical line of every file, counted by its bytes before anything was
-- read, is in stg_customs__lines or in rejected_lines.
with files as (
    select * from {{ ref('stg_customs__files') }}
),

kept as (
    select
        file_id,
        count(*) as line_count
    from {{ ref('stg_customs__lines') }}
    group by file_id
),

rejected as (
    select
        vintage,
        source_file,
        count(*) as line_count
    from {{ ref('rejected_lines') }}
    group by vintage, source_file
),

compared as (
    select
        files.vintage,
        files.source_file,
        files.line_count,
        coalesce(kept.line_count, 0) as kept,
        coalesce(rejected.line_count, 0) as rejected
    from files
    left join kept
        on files.file_id = kept.file_id
    left join rejected
        on
            files.vintage = rejected.vintage
            and files.source_file = rejected.source_file
)

select *
from compared
where line_count <> kept + rejected
