-- What were the exports of a department as first published? With official files, the
-- vintage is a month, '2025-02'; one that is not held is refused with those that are.
select year, quarter, sum(value_eur) as export_eur
from marts.flows_as_of('simulated')
where territory_code = 'D52' and flow = 'export'
group by year, quarter
order by year, quarter;
