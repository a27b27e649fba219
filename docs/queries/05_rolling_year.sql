-- The last four quarters, as chambers and the press measure, and their change.
select end_year, end_quarter, value_eur, change_ratio
from marts.fct_rolling_year
where territory_code = 'R44' and flow = 'export'
order by end_year, end_quarter;
