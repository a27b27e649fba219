{%- set communes_to_be_listed = 5 %}

with territoires as (
    select * from {{ ref('stg_reference__territoires_industrie') }}
),

departments as (
    select * from {{ ref('stg_reference__departments') }}
),

-- Counted before departments are joined: a commune that no department of ours
-- holds would leave the shares of its territoire short of 1.
wholes as (
    select
        territoire_industrie_id,
        cast(sum(commune_count) as integer) as territoire_commune_count
    from territoires
    group by territoire_industrie_id
),

placed as (
    select
        departments.territory_code,
        departments.department_name as territory_name,
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
    placed.territory_code,
    placed.territory_name,
    placed.territoire_industrie_id,
    placed.territoire_industrie_name,
    placed.commune_count,
    wholes.territoire_commune_count,
    {{ share('placed.commune_count', 'wholes.territoire_commune_count') }}
        as commune_share,
    placed.commune_count >= {{ communes_to_be_listed }} as is_listed
from placed
inner join wholes
    on placed.territoire_industrie_id = wholes.territoire_industrie_id
