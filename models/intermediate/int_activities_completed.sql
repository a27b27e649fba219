{{ config(materialized='table') }}

with known as (
    select * from {{ ref('stg_reference__activities') }}
),

seen as (
    select distinct activity_code
    from {{ ref('int_flows_summed') }}
),

labels as (
    select * from {{ ref('int_labels_selected') }}
    where list_kind = 'activity'
),

unknown as (
    select
        seen.activity_code,
        coalesce({{ label_cut('labels.label', 90) }}, seen.activity_code)
            as activity_name,
        labels.vintage as label_vintage
    from seen
    left join known
        on seen.activity_code = known.activity_code
    left join labels
        on seen.activity_code = labels.code
    where known.activity_code is null
),

completed as (
    select
        *,
        true as is_known,
        null as label_vintage
    from known
    union all
    select
        activity_code,
        activity_name as activity_name_fr,
        activity_name as activity_name_en,
        -- A drawing has room for 32 characters.
        case
            when length(activity_name) <= 32 then activity_name
            else activity_code
        end as activity_short_fr,
        case
            when length(activity_name) <= 32 then activity_name
            else activity_code
        end as activity_short_en,
        activity_code as activity_abbreviation_fr,
        activity_code as activity_abbreviation_en,
        null as a38_code,
        null as a38_name_fr,
        null as a38_name_en,
        null as a38_short_fr,
        null as a38_short_en,
        null as a17_code,
        null as a17_name_fr,
        null as a17_name_en,
        false as is_energy,
        false as is_known,
        label_vintage
    from unknown
)

select * from completed
