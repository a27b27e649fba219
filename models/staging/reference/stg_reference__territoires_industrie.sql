with source as (
    select * from {{ ref('territoires_industrie') }}
),

renamed as (
    select
        territory_id as territoire_industrie_id,
        territory_name as territoire_industrie_name,
        insee_department_code,
        commune_count
    from source
)

select * from renamed
