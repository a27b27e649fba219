-- How far can the figures of Paris be relied on, and why not further?
select flow, grade, reasons
from marts.fct_reliability
where territory_code = 'D75' and year = 2024
order by flow;
