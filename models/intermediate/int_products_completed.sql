{{ config(materialized='table') }}

with known as (
    select * from {{ ref('stg_reference__products') }}
),

-- A code never seen before: its activity is the one it came with, the one of
-- most value when there are several.
traded as (
    select
        cast(product_code as string) as product_code,
        activity_code,
        sum(value_eur) as value_eur
    from {{ ref('int_flows_summed') }}
    group by product_code, activity_code
),

seen as (
    select
        product_code,
        activity_code
    from traded
    qualify
        row_number() over (
            partition by product_code
            order by value_eur desc nulls last, activity_code nulls last
        ) = 1
),

labels as (
    select * from {{ ref('int_labels_selected') }}
    where list_kind = 'product'
),

unknown as (
    select
        seen.product_code,
        coalesce({{ label_cut('labels.label', 155) }}, seen.product_code)
            as product_name_fr,
        seen.activity_code,
        labels.vintage as label_vintage
    from seen
    left join known
        on seen.product_code = known.product_code
    left join labels
        on seen.product_code = labels.code
    where known.product_code is null
),

completed as (
    select
        product_code,
        product_name_fr,
        activity_code,
        true as is_known,
        null as label_vintage
    from known
    union all
    select
        product_code,
        product_name_fr,
        activity_code,
        false as is_known,
        label_vintage
    from unknown
)

select * from completed
