{{ keyed_by('int_periods_selected', ['year']) }}

{#- Robust z-score beyond which a cell stands out, among how many cells at least
    (Iglewicz and Hoaglin 1993). -#}
{%- set far = 3.5 %}
{%- set enough = 8 %}

with cells as (
    select * from {{ ref('int_flows_rolled_up') }}
    where {{ is_stale() }}
),

priced as (
    select
        *,
        case
            when value_eur > 0 and mass_kg > 0
                then cast(value_eur as double) / mass_kg
        end as eur_per_kg
    from cells
),

measured as (
    select
        *,
        ln(eur_per_kg) as log_price
    from priced
),

-- Among the territories of a level and their partners.
middles as (
    select
        year,
        territory_level,
        flow,
        activity_code,
        count(log_price) as cells,
        median(log_price) as middle
    from measured
    group by all
),

spreads as (
    select
        measured.year,
        measured.territory_level,
        measured.flow,
        measured.activity_code,
        max(middles.cells) as cells,
        max(middles.middle) as middle,
        -- As a standard deviation, were it normal.
        1.4826 * median(abs(measured.log_price - middles.middle)) as spread
    from measured
    inner join middles
        on
            measured.year = middles.year
            and measured.territory_level = middles.territory_level
            and measured.flow = middles.flow
            and measured.activity_code = middles.activity_code
    group by all
)

select
    measured.year,
    cast(measured.territory_level as string) as territory_level,
    cast(measured.territory_code as string) as territory_code,
    cast(measured.flow as string) as flow,
    cast(measured.activity_code as string) as activity_code,
    cast(measured.country_code as string) as country_code,
    measured.value_eur,
    measured.mass_kg,
    measured.eur_per_kg,
    case
        when spreads.cells >= {{ enough }} and spreads.spread > 0
            then
                abs(measured.log_price - spreads.middle)
                > {{ far }} * spreads.spread
    end as is_outlier
from measured
inner join spreads
    on
        measured.year = spreads.year
        and measured.territory_level = spreads.territory_level
        and measured.flow = spreads.flow
        and measured.activity_code = spreads.activity_code
