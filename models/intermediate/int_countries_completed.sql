{{ config(materialized='table') }}

with windows as (
    select * from {{ ref('stg_reference__countries') }}
),

seen as (
    select distinct cast(country_code as string) as country_code
    from {{ ref('int_flows_summed') }}
),

-- A code is reused over time (QU, XK, XS): its latest window names it.
latest as (
    select *
    from windows
    qualify
        row_number() over (
            partition by country_code
            order by valid_to desc nulls last, valid_from desc nulls last
        ) = 1
),

labels as (
    select * from {{ ref('int_labels_selected') }}
    where list_kind = 'country'
),

unknown as (
    select
        seen.country_code,
        coalesce({{ label_cut('labels.label', 32) }}, seen.country_code)
            as country_name,
        labels.vintage as label_vintage
    from seen
    left join latest
        on seen.country_code = latest.country_code
    left join labels
        on seen.country_code = labels.code
    where latest.country_code is null
),

completed as (
    select
        country_code,
        country_name_fr,
        country_name_en,
        name_with_article,
        name_genitive,
        name_locative,
        iso_alpha2,
        iso_alpha3,
        eu_member_from,
        eu_member_to,
        category <> 'special' as is_country,
        true as is_known,
        null as label_vintage
    from latest
    union all
    select
        country_code,
        country_name as country_name_fr,
        country_name as country_name_en,
        'le pays ' || country_name as name_with_article,
        'du pays ' || country_name as name_genitive,
        'dans le pays ' || country_name as name_locative,
        null as iso_alpha2,
        null as iso_alpha3,
        null as eu_member_from,
        null as eu_member_to,
        true as is_country,
        false as is_known,
        label_vintage
    from unknown
)

select * from completed
