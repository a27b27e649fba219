-- Every set of territories has a code of its form, departments that exist, each
-- once, and one name. Who edited seeds/reference/territory_sets.csv mends it.
with sets as (
    select * from {{ ref('territory_sets') }}
),

departments as (
    select * from {{ ref('departments') }}
),

misread as (
    select
        set_code,
        customs_code,
        'the code is not S and two capitals or digits' as reason
    from sets
    where not {{ full_match('set_code', 'S[0-9A-Z]{2}') }}
    union all
    select
        sets.set_code,
        sets.customs_code,
        'no department has this customs code' as reason
    from sets
    left join departments
        on sets.customs_code = departments.customs_code
    where departments.customs_code is null
    union all
    select
        set_code,
        customs_code,
        'the department stands there ' || count(*) || ' times' as reason
    from sets
    group by set_code, customs_code
    having count(*) > 1
    {%- for column in [
        'set_name_fr',
        'set_name_en',
        'name_in_sentence_fr',
        'genitive_fr',
        'locative_fr',
        'kind',
        'source',
    ] %}
    union all
    select
        set_code,
        null as customs_code,
        '{{ column }} is both « ' || min({{ column }}) || ' » and « '
        || max({{ column }}) || ' »' as reason
    from sets
    group by set_code
    having min({{ column }}) <> max({{ column }})
    {%- endfor %}
)

select
    'seeds/reference/territory_sets.csv' as file,
    set_code,
    customs_code,
    reason
from misread
