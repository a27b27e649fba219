{%- set as_of = text_literal(customs_as_of()) %}
with summed as (
    select * from {{ ref('int_files_summed') }}
),

periods as (
    select * from {{ ref('int_periods_selected') }}
),

rejected as (
    select * from {{ ref('rejected_lines') }}
),

files_read as (
    select * from {{ ref('stg_customs__files') }}
),

flows as (
    select * from {{ ref('int_flows_summed') }}
),

origin as (
    select * from {{ ref('int_origin_summed') }}
),

kept_by_file as (
    select
        file_id,
        coalesce(
            sum(value_eur) filter (where flow = 'import'), 0
        ) as import_eur,
        coalesce(
            sum(value_eur) filter (where flow = 'export'), 0
        ) as export_eur
    from summed
    group by file_id
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
        files_read.file_kind,
        files_read.published_on,
        files_read.line_count,
        coalesce(rejected_by_file.line_count, 0) as lines_rejected,
        coalesce(kept_by_file.import_eur, 0) as import_eur,
        coalesce(kept_by_file.export_eur, 0) as export_eur
    from files_read
    left join kept_by_file
        on files_read.file_id = kept_by_file.file_id
    left join rejected_by_file
        on
            files_read.vintage = rejected_by_file.vintage
            and files_read.source_file = rejected_by_file.source_file
),

files_summed as (
    select
        {{ joined_list_of(
            'vintage', 'vintage <= ' ~ as_of ~ ' or ' ~ as_of ~ " = ''"
        ) }} as vintages,
        cast(sum(line_count) as bigint) as lines_read,
        cast(sum(lines_rejected) as bigint) as lines_rejected,
        {{ json_list_of_files() }} as source_files
    from files
),

years as (
    select
        cast(min(year) as integer) as first_year,
        cast(max(year) as integer) as last_year
    from periods
),

repeated as (
    select count(*) as repeated_keys
    from flows
    where line_count > 1
)

select
    origin.data_origin,
    years.first_year,
    years.last_year,
    files_summed.vintages,
    files_summed.lines_read,
    files_summed.lines_rejected,
    repeated.repeated_keys,
    files_summed.source_files,
    {{ utc_now() }} as built_at,
    {{ text_literal(invocation_id) }} as run_id,
    '{{ var("project_version") }}' as project_version,
    {{ engine_version() }} as engine
from origin
cross join files_summed
cross join years
cross join repeated
