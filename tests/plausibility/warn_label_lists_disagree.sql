-- What a list of labels shipped with the lines says otherwise than our
-- reference lists: a code ended, named otherwise or new, a product under
-- another activity.
{{ config(severity='warn') }}

with listed as (
    select * from {{ ref('int_labels_selected') }}
),

countries as (
    select
        country_code as code,
        label_official as label,
        valid_to
    from {{ ref('stg_reference__countries') }}
    qualify
        row_number() over (
            partition by country_code
            order by valid_to desc, valid_from desc
        ) = 1
),

ours as (
    select
        'country' as list_kind,
        code,
        label,
        valid_to
    from countries
    union all
    select
        'activity' as list_kind,
        activity_code as code,
        activity_name_fr as label,
        999912 as valid_to
    from {{ ref('stg_reference__activities') }}
    union all
    select
        'product' as list_kind,
        product_code as code,
        product_name_fr as label,
        999912 as valid_to
    from {{ ref('stg_reference__products') }}
    union all
    select
        'department' as list_kind,
        customs_code as code,
        department_name as label,
        999912 as valid_to
    from {{ ref('stg_reference__departments') }}
),

compared as (
    select
        listed.list_kind,
        listed.code,
        listed.vintage,
        case
            when ours.code is null then 'new'
            when listed.valid_to <> ours.valid_to then 'validity'
            -- « Réunion » is La Réunion, « Principauté de Monaco » Monaco.
            when
                listed.list_kind = 'department'
                and (
                    contains(ours.label, listed.label)
                    or contains(listed.label, ours.label)
                )
                then null
            when
                {{ label_core('listed.label') }}
                <> {{ label_core('ours.label') }}
                then 'name'
        end as difference,
        ours.label || coalesce(' until ' || nullif(ours.valid_to, 999912), '')
            as our_list,
        listed.label
        || coalesce(' until ' || nullif(listed.valid_to, 999912), '')
            as their_list
    from listed
    left join ours
        on listed.list_kind = ours.list_kind and listed.code = ours.code
),

moved as (
    select
        'product' as list_kind,
        flows.product_code as code,
        max(periods.vintage) as vintage,
        'activity' as difference,
        products.activity_code as our_list,
        flows.activity_code as their_list
    from {{ ref('int_flows_summed') }} as flows
    inner join {{ ref('stg_reference__products') }} as products
        on flows.product_code = products.product_code
    inner join {{ ref('int_periods_selected') }} as periods
        on
            flows.year = periods.year
            and flows.quarter = periods.quarter
            and flows.flow = periods.flow
    where flows.activity_code <> products.activity_code
    group by all
)

select * from compared
where difference is not null
union all
select
    list_kind,
    cast(code as string) as code,
    vintage,
    difference,
    our_list,
    their_list
from moved
