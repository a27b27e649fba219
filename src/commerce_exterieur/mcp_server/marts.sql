-- The marts, with their grain, keys and what may be summed.
select
    tables.table_name as mart_name,
    tables.comment as description,
    string_agg(columns.column_name, ', ' order by columns.position)
        filter (where columns.is_key) as keys,
    string_agg(columns.column_name, ', ' order by columns.position)
        filter (where columns.is_additive) as additive_columns,
    count(*) as columns
from (
    select table_name, comment from duckdb_tables()
    where schema_name = 'marts'
    union all
    select view_name, comment from duckdb_views()
    where schema_name = 'marts'
) as tables
inner join marts.dim_column as columns
    on tables.table_name = columns.mart_name
group by tables.table_name, tables.comment
order by tables.table_name
