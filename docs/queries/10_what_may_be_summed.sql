-- What may be added up in a mart, and holding what?
select mart_name, column_name, additive_within
from marts.dim_column
where is_additive
order by mart_name, column_name;
