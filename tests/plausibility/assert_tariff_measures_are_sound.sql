-- Every tariff measure ends after it begins, says a rate when its kind has one,
-- and touches activities that exist; every row of activities names a measure.
-- Who edited the seeds mends it.
with measures as (
    select * from {{ ref('tariff_measures') }}
),

touched as (
    select * from {{ ref('tariff_measure_activities') }}
),

activities as (
    select * from {{ ref('activities') }}
),

misread as (
    select
        measure_id,
        'it ends on ' || valid_to || ', not after its first day '
        || valid_from as reason
    from measures
    where valid_to <= valid_from
    union all
    select
        measure_id,
        'it stands there ' || count(*) || ' times: a new rate is a new measure'
            as reason
    from measures
    group by measure_id
    having count(*) > 1
    union all
    select
        measure_id,
        'a measure of kind '
        || rate_kind
        || ' needs a rate in percent, 0 or more'
            as reason
    from measures
    where rate_kind <> 'event' and coalesce(rate_pct, -1) < 0
    union all
    select
        touched.measure_id,
        'tariff_measures.csv has no such measure' as reason
    from touched
    left join measures
        on touched.measure_id = measures.measure_id
    where measures.measure_id is null
    union all
    select
        touched.measure_id,
        'no activity is like ' || touched.activity_pattern as reason
    from touched
    where
        not exists (
            select 1 from activities
            where activities.activity_code like touched.activity_pattern
        )
    union all
    select
        measures.measure_id,
        'no activity is named for it in tariff_measure_activities.csv'
            as reason
    from measures
    left join touched
        on measures.measure_id = touched.measure_id
    where
        touched.measure_id is null
        and measures.imposed_by = 'US'
        and measures.rate_kind <> 'event'
)

select
    measure_id,
    reason
from misread
