{%- set quarters_of_a_year = 4 %}

with published as (
    select * from {{ ref('int_vintages_rolled_up') }}
),

territories as (
    select * from {{ ref('dim_territory') }}
),

delivered as (
    select
        year,
        quarter,
        flow,
        vintage,
        published_on
    from published
    where territory_level = 'country'
),

-- A vintage that leaves a quarter alone leaves it as the one before said.
known as (
    select
        later.year,
        later.flow,
        later.vintage,
        later.published_on,
        earlier.quarter,
        max(earlier.vintage) as quarter_vintage
    from (
        select
            year,
            flow,
            vintage,
            max(published_on) as published_on
        from delivered
        group by year, flow, vintage
    ) as later
    inner join delivered as earlier
        on
            later.year = earlier.year
            and later.flow = earlier.flow
            and later.vintage >= earlier.vintage
    group by
        later.year, later.flow, later.vintage, later.published_on,
        earlier.quarter
),

whole_years as (
    select *
    from known
    qualify
        count(*) over (partition by year, flow, vintage)
        = {{ quarters_of_a_year }}
),

-- A territory that a vintage leaves out is worth 0 in it.
summed as (
    select
        whole_years.year,
        whole_years.flow,
        whole_years.vintage,
        whole_years.published_on,
        territories.level as territory_level,
        territories.territory_code,
        territories.territory_name,
        cast(sum(coalesce(published.value_eur, 0)) as bigint) as value_eur
    from whole_years
    cross join territories
    left join published
        on
            whole_years.year = published.year
            and whole_years.quarter = published.quarter
            and whole_years.flow = published.flow
            and whole_years.quarter_vintage = published.vintage
            and territories.territory_code = published.territory_code
    group by all
),

compared as (
    select
        *,
        first_value(value_eur) over (
            partition by year, flow, territory_code
            order by vintage nulls last
        ) as first_eur,
        max(vintage) over (partition by year, flow) as current_vintage
    from summed
)

select
    year,
    territory_level,
    territory_code,
    territory_name,
    flow,
    vintage,
    published_on,
    value_eur,
    value_eur - first_eur as change_from_first_eur,
    {{ change_ratio('value_eur', 'first_eur') }} as change_from_first_share,
    vintage = current_vintage as is_current
from compared
