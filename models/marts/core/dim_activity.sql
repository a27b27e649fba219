with activities as (
    select * from {{ ref('int_activities_completed') }}
),

other_names as (
    select * from {{ ref('int_other_names_selected') }}
    where member_kind = 'activity'
)

select
    activities.activity_code,
    activities.activity_name_fr,
    activities.activity_name_en,
    activities.activity_short_fr,
    activities.activity_short_en,
    activities.activity_abbreviation_fr,
    activities.activity_abbreviation_en,
    activities.a38_code,
    activities.a38_name_fr,
    activities.a38_name_en,
    activities.a38_short_fr,
    activities.a38_short_en,
    activities.a17_code,
    activities.a17_name_fr,
    activities.a17_name_en,
    activities.is_energy,
    activities.is_known,
    activities.label_vintage,
    other_names.other_names_fr,
    other_names.other_names_en
from activities
left join other_names
    on activities.activity_code = other_names.member_code
