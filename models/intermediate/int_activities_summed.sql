{{ keyed_by('int_periods_selected', ['year']) }}

with cells as (
    select * from {{ ref('int_flows_rolled_up') }}
    where {{ is_stale() }}
),

countries as (
    select
        cast(country_code as {{ code_type('pair') }}) as country_code,
        is_country,
        eu_member_from,
        eu_member_to
    from {{ ref('int_countries_completed') }}
),

-- Both flows of an activity with a partner, side by side.
pairs as (
    select
        year,
        territory_level,
        territory_code,
        activity_code,
        country_code,
        coalesce(sum(value_eur) filter (where flow = 'import'), 0)
            as import_eur,
        coalesce(sum(value_eur) filter (where flow = 'export'), 0)
            as export_eur
    from cells
    group by all
),

-- Partners that are not countries are one, which nobody knows.
placed as (
    select
        pairs.*,
        countries.is_country,
        -- A member in December counts for the year.
        countries.is_country and not coalesce(
            pairs.year * 100 + 12 between countries.eu_member_from
            and coalesce(countries.eu_member_to, 999912),
            false
        ) as is_outside_eu,
        abs(pairs.export_eur - pairs.import_eur) as gap_eur,
        pairs.export_eur + pairs.import_eur as trade_eur
    from pairs
    inner join countries
        on pairs.country_code = countries.country_code
),

summed as (
    select
        year,
        territory_level,
        territory_code,
        activity_code,
        sum(import_eur) as import_eur,
        sum(export_eur) as export_eur,
        coalesce(sum(trade_eur) filter (where is_country), 0)
            as paired_trade_eur,
        coalesce(sum(gap_eur) filter (where is_country), 0) as paired_gap_eur,
        {{ greatest_of('trade_eur', 'gap_eur') }} filter (where is_country)
            as largest_pair,
        coalesce(sum(import_eur) filter (where is_outside_eu), 0)
            as extra_eu_import_eur,
        coalesce(sum(import_eur) filter (where not is_country), 0)
            as unspecified_import_eur,
        coalesce(sum(
            {{ exact('import_eur') }} * import_eur
        ) filter (where is_country), 0) as import_squares
    from placed
    group by all
)

select
    summed.year,
    cast(summed.territory_level as string) as territory_level,
    cast(summed.territory_code as string) as territory_code,
    cast(summed.activity_code as string) as activity_code,
    cast(summed.import_eur as bigint) as import_eur,
    cast(summed.export_eur as bigint) as export_eur,
    cast(summed.paired_trade_eur as bigint) as paired_trade_eur,
    cast(summed.paired_gap_eur as bigint) as paired_gap_eur,
    cast(coalesce(summed.largest_pair.value, 0) as bigint)
        as largest_pair_trade_eur,
    cast(coalesce(summed.largest_pair.companion, 0) as bigint)
        as largest_pair_gap_eur,
    cast(summed.extra_eu_import_eur as bigint) as extra_eu_import_eur,
    cast(summed.unspecified_import_eur as bigint) as unspecified_import_eur,
    summed.import_squares
from summed
