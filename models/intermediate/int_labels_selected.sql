{{ config(materialized='table') }}

{%- set as_of = text_literal(customs_as_of()) %}

with labels as (
    select * from {{ ref('stg_customs__labels') }}
),

-- A code that a list holds twice was used again: its latest window names it.
selected as (
    select
        list_kind,
        code,
        label,
        vintage,
        source_file,
        valid_from,
        valid_to
    from labels
    where vintage <= {{ as_of }} or {{ as_of }} = ''
    qualify
        row_number() over (
            partition by list_kind, code
            order by
                vintage desc nulls last,
                coalesce(valid_to, 999912) desc nulls last,
                valid_from desc nulls last,
                source_file asc nulls last,
                label asc nulls last
        ) = 1
)

select * from selected
