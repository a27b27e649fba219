-- Every physical line of every file is in stg_customs__lines or in
-- rejected_lines, and the well-formed ones keep their value to the euro.
with raw_lines as (
    {%- if uses_customs_dir() %}
    {%- if execute %}
    select
        vintage,
        source_file,
        case when {{ customs_line_reason('raw_line') }} is null
            then cast(split_part(raw_line, ';', 9) as bigint)
        end as value_eur
    from ({{ customs_raw_lines() }})
    {%- else %}
    select 1 as vintage
    {%- endif %}
    {%- else %}
    {%- for seed in sample_seeds() %}
    select
        'simulated' as vintage,
        {{ text_literal(seed ~ '.csv') }} as source_file,
        valeur as value_eur
    from {{ ref(seed) }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
    {%- endif %}
),

accounted as (
    select
        vintage,
        source_file,
        value_eur
    from {{ ref('stg_customs__lines') }}
    union all
    select
        vintage,
        source_file,
        null as value_eur
    from {{ ref('rejected_lines') }}
),

compared as (
    select
        vintage,
        source_file,
        count(*) as line_count,
        coalesce(sum(value_eur), 0) as value_eur
    from raw_lines
    group by vintage, source_file
    except
    select
        vintage,
        source_file,
        count(*) as line_count,
        coalesce(sum(value_eur), 0) as value_eur
    from accounted
    group by vintage, source_file
)

select * from compared
