{{ config(materialized='table') }}

with known as (
    select * from {{ ref('stg_reference__activities') }}
),

seen as (
    select distinct activity_code
    from {{ ref('int_flows_summed') }}
),

unknown as (
    select seen.activity_code
    from seen
    left join known
        on seen.activity_code = known.activity_code
    where known.activity_code is null
),

completed as (
    select
        *,
        true as is_known
    from known
    union all
    select
        activity_code,
        activity_code as activity_name_fr,
        activity_code as activity_name_en,
        activity_code as activity_short_fr,
        activity_code as activity_short_en,
        null as a38_code,
        null as a38_name_fr,
        null as a38_name_en,
        null as a17_code,
        null as a17_name_fr,
        null as a17_name_en,
        false as is_energy,
        false as is_known
    from unknown
)

select * from completed
