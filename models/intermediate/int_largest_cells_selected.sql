{{ keyed_by('int_periods_selected', ['year']) }}

with cells as (
    select * from {{ ref('int_flows_rolled_up') }}
    where {{ is_stale() }}
),

largest as (
    select
        year,
        territory_code,
        flow,
        max(value_eur) as value_eur
    from cells
    group by all
),

-- Cells of one value: the first by code.
selected as (
    select cells.*
    from cells
    inner join largest
        on
            cells.year = largest.year
            and cells.territory_code = largest.territory_code
            and cells.flow = largest.flow
            and cells.value_eur = largest.value_eur
    qualify
        row_number() over (
            partition by cells.year, cells.territory_code, cells.flow
            order by
                cast(cells.activity_code as string) nulls last,
                cast(cells.country_code as string) nulls last
        ) = 1
)

select
    year,
    cast(territory_level as string) as territory_level,
    cast(territory_code as string) as territory_code,
    cast(flow as string) as flow,
    cast(activity_code as string) as activity_code,
    cast(country_code as string) as country_code,
    value_eur
from selected
