{{ config(materialized='table') }}

with
{%- if not uses_customs_dir() %}

counted as (
    {%- for seed in sample_seeds() %}
    select
        {{ text_literal(seed ~ '.csv') }} as source_file,
        count(*) as physical_lines,
        count(*) filter (
            where
            line_number = 1
            and {{ customs_line_is_header('raw_line') }}
        ) as header_lines
    from {{ ref(seed) }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),
{% endif %}

{#- Known at run time only: the sample, or the files that lie in the folder. #}
source as (
    {%- if not uses_customs_dir() %}
    {%- for seed in sample_seeds() %}
    select
        'simulated' as vintage,
        {{ text_literal(seed ~ '.csv') }} as source_file,
        {{ text_literal(ref(seed)) }} as read_from,
        {{ sha256_of_file('seeds/customs/' ~ seed ~ '.csv') }}
            as file_sha256,
        '' as stamp,
        'simulated' as data_origin,
        'annual' as file_kind,
        cast(null as string) as named_flow,
        cast(null as integer) as named_year,
        cast(null as date) as published_on,
        counted.physical_lines,
        counted.header_lines,
        true as is_plain
    from counted
    where counted.source_file = {{ text_literal(seed ~ '.csv') }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
    {%- elif execute %}
    {%- for file in customs_files(tells_notes=true) %}
    select
        {{ text_literal(file.vintage) }} as vintage,
        {{ text_literal(file.name) }} as source_file,
        {{ text_literal(file.path) }} as read_from,
        {{ text_literal(file.sha256) }} as file_sha256,
        {{ text_literal(file.stamp) }} as stamp,
        {{ text_literal(file.data_origin) }} as data_origin,
        {{ text_literal(file.kind) }} as file_kind,
        {{ text_literal(file.flow) if file.flow else 'cast(null as string)' }}
            as named_flow,
        cast({{ file.year or 'null' }} as integer) as named_year,
        cast(
            {{- text_literal(file.published_on) if file.published_on else 'null' }}
            as date
        ) as published_on,
        cast({{ file.lines }} as bigint) as physical_lines,
        cast({{ file.header_lines }} as bigint) as header_lines,
        {{ file.is_plain | lower }} as is_plain
    {{ "union all" if not loop.last }}
    {%- endfor %}
    {%- else %}
    select 1 as vintage
    {%- endif %}
),

described as (
    select
        {{ whole_number_of("vintage || '/' || source_file") }} as file_id,
        vintage,
        source_file,
        read_from,
        file_sha256,
        stamp,
        data_origin,
        physical_lines - header_lines as line_count,
        header_lines,
        is_plain,
        file_kind,
        named_flow,
        named_year,
        published_on,
        row_number() over (
            partition by vintage, file_sha256
            order by source_file nulls last
        ) > 1 as is_repeated
    from source
)

select * from described
