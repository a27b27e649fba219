-- How much of each region's exports goes to the OECD, as it was in each quarter?
select
    trade.period_start, trade.region_name,
    sum(trade.export_eur) filter (where members.country_code is not null)
    / sum(trade.export_eur) as oecd_share
from marts.trade_labelled as trade
inner join marts.dim_quarter as quarters using (period_start)
left join marts.dim_partner_group_members as members
    on
        members.partner_group = 'OECD'
        and trade.country_code = members.country_code
        and quarters.period_end between members.member_from and members.member_until
group by trade.period_start, trade.region_name
order by trade.region_name, trade.period_start;
