{{ keyed_by('int_periods_revised', ['year', 'quarter']) }}

{%- set key = [
    'year', 'quarter', 'flow', 'customs_department_code', 'activity_code',
    'product_code', 'country_code'
] | join(', ') %}

with lines as (
    select * from {{ ref('stg_customs__lines') }}
),

deliveries as (
    select * from {{ ref('int_periods_revised') }}
),

summed as (
    select
        lines.year,
        lines.quarter,
        lines.flow,
        lines.customs_department_code,
        lines.activity_code,
        lines.product_code,
        lines.country_code,
        deliveries.delivery_number,
        deliveries.deliveries,
        cast(sum(lines.value_eur) as bigint) as value_eur,
        cast(sum(lines.mass_kg) as bigint) as mass_kg
    from lines
    inner join deliveries
        on
            lines.file_id = deliveries.file_id
            and lines.flow = deliveries.flow
            and lines.year = deliveries.year
            and lines.quarter = deliveries.quarter
    where {{ is_stale('lines') }}
    group by all
),

-- Most flows are the same in every delivery: no window is opened for them.
changed as (
    select
        {{ key }}
    from summed
    group by {{ key }}
    having
        count(*) < max(deliveries)
        or min(value_eur) < max(value_eur)
        or min(mass_kg) < max(mass_kg)
),

of_changed as (
    select summed.*
    from summed
    inner join changed
        on
            summed.year = changed.year
            and summed.quarter = changed.quarter
            and summed.flow = changed.flow
            and summed.customs_department_code
            = changed.customs_department_code
            and summed.activity_code = changed.activity_code
            and summed.product_code = changed.product_code
            and summed.country_code = changed.country_code
),

compared as (
    select
        *,
        lag(delivery_number) over same_flow as previous_delivery,
        lag(value_eur) over same_flow as previous_value_eur,
        lag(mass_kg) over same_flow as previous_mass_kg
    from of_changed
    window same_flow as (
        partition by {{ key }}
        order by delivery_number nulls last
    )
),

-- A version goes on while the next delivery tells the same.
numbered as (
    select
        *,
        sum(
            case
                when
                    previous_delivery = delivery_number - 1
                    and previous_value_eur = value_eur
                    and previous_mass_kg = mass_kg
                    then 0
                else 1
            end
        ) over (
            partition by {{ key }}
            order by delivery_number nulls last
        ) as version_number
    from compared
),

versions as (
    select
        {{ key }},
        version_number,
        value_eur,
        mass_kg,
        min(delivery_number) as first_delivery,
        max(delivery_number) as last_delivery
    from numbered
    group by all
)

select
    versions.year,
    versions.quarter,
    versions.flow,
    versions.customs_department_code,
    versions.activity_code,
    versions.product_code,
    versions.country_code,
    begins.vintage as known_from,
    ends.next_vintage as known_until,
    versions.value_eur,
    versions.mass_kg
from versions
inner join deliveries as begins
    on
        versions.flow = begins.flow
        and versions.year = begins.year
        and versions.quarter = begins.quarter
        and versions.first_delivery = begins.delivery_number
inner join deliveries as ends
    on
        versions.flow = ends.flow
        and versions.year = ends.year
        and versions.quarter = ends.quarter
        and versions.last_delivery = ends.delivery_number
