with lines as (
    select * from {{ ref('stg_customs__lines') }}
),

rejected as (
    select * from {{ ref('rejected_lines') }}
),


files_read as (
    select * from {{ ref('stg_customs__files') }}
),

kept_by_file as (
    select
        vintage,
        source_file,
        count(*) as line_count
    from lines
    group by vintage, source_file
),

rejected_by_file as (
    select
        vintage,
        source_file,
        count(*) as line_count
    from rejected
    group by vintage, source_file
),

files as (
    select
        files_read.vintage,
        files_read.source_file,
        files_read.file_sha256,
        coalesce(kept_by_file.line_count, 0) as lines_kept,
        coalesce(rejected_by_file.line_count, 0) as lines_rejected
    from files_read
    left join kept_by_file
        on
            files_read.vintage = kept_by_file.vintage
            and files_read.source_file = kept_by_file.source_file
    left join rejected_by_file
        on
            files_read.vintage = rejected_by_file.vintage
            and files_read.source_file = rejected_by_file.source_file
),

files_summed as (
    select
        string_agg(distinct vintage, ', ' order by vintage) as vintages,
        cast(sum(lines_kept + lines_rejected) as bigint) as lines_read,
        cast(sum(lines_rejected) as bigint) as lines_rejected,
        {{ json_list_of_files() }} as source_files
    from files
),

years as (
    select
        cast(min(year) as integer) as first_year,
        cast(max(year) as integer) as last_year
    from lines
)

select
    '{{ customs_data_origin() if execute }}' as data_origin,
    years.first_year,
    years.last_year,
    files_summed.vintages,
    files_summed.lines_read,
    files_summed.lines_rejected,
    files_summed.source_files,
    {{ utc_now() }} as built_at,
    '{{ var("project_version") }}' as project_version,
    {{ engine_version() }} as engine
from files_summed
cross join years
