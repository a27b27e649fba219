with revisions as (
    select * from {{ ref('fct_revisions') }}
),

quarters as (
    select
        year,
        quarter,
        flow,
        territory_level,
        territory_code,
        first_value(vintage) over told as first_vintage,
        vintage as latest_vintage,
        first_value(value_eur) over told as first_eur,
        value_eur as latest_eur,
        published_on,
        first_value(published_on) over told as first_published_on
    from revisions
    window
        told as (
            partition by year, quarter, flow, territory_code
            order by vintage nulls last
        )
    qualify
        lead(vintage) over told is null
        and first_value(vintage) over told <> vintage
),

summed as (
    select
        year,
        territory_level,
        territory_code,
        flow,
        count(*) as quarters_revised,
        min(first_vintage) as first_vintage,
        max(latest_vintage) as latest_vintage,
        sum(first_eur) as first_eur,
        sum(latest_eur) as latest_eur,
        sum(abs(latest_eur - first_eur)) as absolute_change_eur,
        max({{ dbt.datediff('first_published_on', 'published_on', 'day') }})
            as days
    from quarters
    group by all
)

select
    year,
    territory_level,
    territory_code,
    flow,
    cast(quarters_revised as integer) as quarters_revised,
    first_vintage,
    latest_vintage,
    cast(first_eur as bigint) as first_eur,
    cast(latest_eur as bigint) as latest_eur,
    {{ change_ratio('latest_eur', 'first_eur') }} as mean_revision,
    {{ share('absolute_change_eur', 'first_eur') }} as mean_absolute_revision,
    cast(days as integer) as days
from summed
