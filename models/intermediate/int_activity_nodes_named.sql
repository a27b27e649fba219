with activities as (
    select * from {{ ref('int_activities_completed') }}
)

select
    activity_code as node_code,
    activity_name_fr as name_fr,
    activity_name_en as name_en,
    activity_short_fr as short_fr,
    activity_short_en as short_en
from activities
union all
select distinct
    a38_code as node_code,
    a38_name_fr as name_fr,
    a38_name_en as name_en,
    a38_short_fr as short_fr,
    a38_short_en as short_en
from activities
where a38_code is not null
