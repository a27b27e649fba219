-- Every Territoire d'industrie is there, all of its communes are in a
-- department, and the shares of its departments add up to 1.
with listed as (
    select
        territoire_industrie_id,
        sum(commune_count) as listed_count
    from {{ ref('stg_reference__territoires_industrie') }}
    group by territoire_industrie_id
),

placed as (
    select
        territoire_industrie_id,
        sum(commune_count) as placed_count,
        min(territoire_commune_count) as smallest_whole,
        max(territoire_commune_count) as largest_whole,
        sum(commune_share) as whole_share
    from {{ ref('rpt_factsheet_territoires_industrie') }}
    group by territoire_industrie_id
)

select
    listed.*,
    placed.placed_count,
    placed.smallest_whole,
    placed.largest_whole,
    placed.whole_share
from listed
left join placed
    on listed.territoire_industrie_id = placed.territoire_industrie_id
where
    placed.placed_count is distinct from listed.listed_count
    or placed.smallest_whole is distinct from listed.listed_count
    or placed.largest_whole is distinct from listed.listed_count
    or abs(placed.whole_share - 1) > 0.000000001
    or placed.whole_share is null
