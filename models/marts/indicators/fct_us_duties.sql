with measures as (
    select * from {{ ref('stg_reference__tariff_measures') }}
    where
        imposed_by = 'US'
        and rate_kind in ('add', 'floor', 'exempt')
),

touched as (
    select * from {{ ref('stg_reference__tariff_measure_activities') }}
),

activities as (
    select * from {{ ref('int_activities_completed') }}
),

-- From each day on which a measure begins or ends to the next.
days as (
    select valid_from as day from measures
    union distinct
    select valid_to as day from measures
    where valid_to is not null
),

segments as (
    select
        day as valid_from,
        lead(day) over (
            order by day nulls last
        ) as valid_to
    from days
),

-- A measure that names an activity and a family of it covers the activity as
-- the wider of both says.
mapped as (
    select
        touched.measure_id,
        activities.activity_code,
        max(case when touched.coverage = 'all' then 1 else 0 end) = 1
            as covers_all
    from touched
    inner join activities
        on activities.activity_code like touched.activity_pattern
    group by touched.measure_id, activities.activity_code
),

-- What one measure adds to column 1, in points. A floor counts column 1, which
-- is not known here: it adds between nothing and itself.
bounded as (
    select
        segments.valid_from,
        segments.valid_to,
        mapped.activity_code,
        measures.measure_id,
        measures.stacks,
        mapped.covers_all,
        case when measures.rate_kind = 'add' then measures.rate_pct else 0 end
            as least_pct,
        case
            when measures.rate_kind = 'exempt' then 0 else measures.rate_pct
        end
            as most_pct
    from segments
    inner join measures
        on
            segments.valid_from >= measures.valid_from
            and (
                measures.valid_to is null
                or segments.valid_from < measures.valid_to
            )
    inner join mapped
        on measures.measure_id = mapped.measure_id
),

-- Goods under one measure escape the others, unless it stacks: the most is the
-- largest of them, the least the smallest, and nothing where no measure is
-- known to cover the whole activity.
combined as (
    select
        valid_from,
        activity_code,
        case
            when bool_or(covers_all and not stacks)
                then min(least_pct) filter (where not stacks)
            else 0
        end
        + coalesce(sum(least_pct) filter (where stacks and covers_all), 0)
            as duty_min_pct,
        coalesce(max(most_pct) filter (where not stacks), 0)
        + coalesce(sum(most_pct) filter (where stacks), 0) as duty_max_pct,
        {{ sorted_list_of('measure_id') }} as measures
    from bounded
    group by valid_from, activity_code
)

select
    activities.activity_code,
    segments.valid_from,
    segments.valid_to,
    cast(coalesce(combined.duty_min_pct, 0) as double) as duty_min_pct,
    cast(coalesce(combined.duty_max_pct, 0) as double) as duty_max_pct,
    coalesce(combined.measures, {{ list_of_known([]) }}) as measures
from segments
cross join activities
left join combined
    on
        segments.valid_from = combined.valid_from
        and activities.activity_code = combined.activity_code
