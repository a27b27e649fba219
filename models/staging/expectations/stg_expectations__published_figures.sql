with source as (
    select * from {{ ref('published_figures') }}
),

renamed as (
    select
        figure_id,
        territory_codes,
        cast(left(first_quarter, 4) as integer) * 4
        + cast(right(first_quarter, 1) as integer) - 1 as first_quarter_number,
        cast(left(last_quarter, 4) as integer) * 4
        + cast(right(last_quarter, 1) as integer) - 1 as last_quarter_number,
        first_quarter,
        last_quarter,
        flow,
        kind,
        dimension,
        members,
        of_territory_code,
        unit,
        figure,
        half_unit,
        known_until,
        scope,
        usage,
        remark,
        source as published_by
    from source
)

select * from renamed
