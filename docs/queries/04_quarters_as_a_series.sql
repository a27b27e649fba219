-- The quarters of a region as a series with a date, quarters without trade included.
select quarters.period_start, trade.export_eur, trade.export_status
from marts.dim_quarter as quarters
left join marts.fct_territory_quarters as trade
    on
        quarters.period_start = trade.period_start
        and trade.territory_code = 'R44'
order by quarters.period_start;
