-- The columns of a mart, from the dictionary of the file.
select
    position,
    column_name,
    data_type,
    description,
    is_key,
    refers_to,
    is_additive,
    additive_within
from marts.dim_column
where mart_name = $mart_name
order by position
