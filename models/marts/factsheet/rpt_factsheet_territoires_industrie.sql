{%- set communes_to_be_listed = 5 %}

with territoires as (
    select * from {{ ref('stg_reference__territoires_industrie') }}
),

departments as (
    select * from {{ ref('stg_reference__departments') }}
),

placed as (
    select
        departments.territory_code,
        territoires.territoire_industrie_id,
        territoires.territoire_industrie_name,
        cast(sum(territoires.commune_count) as integer) as commune_count
    from territoires
    -- Corse is one customs department for two INSEE ones: '2A|2B'.
    inner join departments
        on
            '|' || departments.insee_code || '|'
            like '%|' || territoires.insee_department_code || '|%'
    group by all
)

select
    territory_code,
    territoire_industrie_id,
    territoire_industrie_name,
    commune_count,
    commune_count >= {{ communes_to_be_listed }} as is_listed
from placed
