-- What a printed figure may be: the amount asked for, what was known of it before, and
-- what people take for it. Amounts in euros; `printed` and `half_unit` as well.
-- Grain: one row per concept. Parameters: territory_code, flow (`import`, `export` or
-- `balance`), first_quarter and last_quarter (4 × year + quarter), country_code and
-- activity_code or null, printed, half_unit.
with directed as (
    select
        flow,
        territory_code,
        4 * year + quarter as quarter_number,
        activity_code,
        country_code,
        value_eur
    from marts.fct_trade_flows
    union all
    -- A balance is one more flow, in which imports count less than nothing.
    select
        'balance',
        territory_code,
        4 * year + quarter,
        activity_code,
        country_code,
        case when flow = 'export' then value_eur else -value_eur end
    from marts.fct_trade_flows
    where $flow = 'balance'
),

scope as (
    select
        members.territory_code,
        flows.flow,
        flows.quarter_number,
        flows.activity_code,
        flows.country_code,
        flows.value_eur
    from directed as flows
    inner join marts.dim_territory_members as members
        on flows.territory_code = members.department_code
    where
        ($country_code is null or flows.country_code = $country_code)
        and ($activity_code is null or flows.activity_code = $activity_code)
        and quarter_number between $first_quarter - 4 and $last_quarter + 4
),

own as (
    select * from scope
    where territory_code = $territory_code
),

period as (
    select * from own
    where quarter_number between $first_quarter and $last_quarter
),

-- Quarters that were delivered, and how many the question is about.
delivered as (
    select
        flows.flow,
        4 * quarters.year + quarters.quarter as quarter_number
    from marts.dim_quarter as quarters
    cross join (values ('import'), ('export'), ('balance')) as flows (flow)
    where
        (flows.flow = 'export' or quarters.has_imports)
        and (flows.flow = 'import' or quarters.has_exports)
),

-- Only what was delivered whole is offered as an answer.
whole as (
    select
        count(*) filter (
            where flow = $flow
            and quarter_number between $first_quarter - 4 and $last_quarter - 4
        ) = $last_quarter - $first_quarter + 1 as is_before,
        count(*) filter (
            where flow = $flow
            and quarter_number between $first_quarter + 4 and $last_quarter + 4
        ) = $last_quarter - $first_quarter + 1 as is_after,
        count(*) filter (
            where flow = 'balance'
            and quarter_number between $first_quarter and $last_quarter
        ) = $last_quarter - $first_quarter + 1 as has_both_flows
    from delivered
),

-- The state known at each vintage: the newest of every quarter until then.
vintages as (
    select revisions_until.vintage
    from (select distinct vintage from marts.fct_revisions) as revisions_until
    inner join marts.fct_revisions as revisions
        on revisions.vintage <= revisions_until.vintage
    where
        revisions.territory_code = 'FR'
        and (revisions.flow = $flow or $flow = 'balance')
        and 4 * revisions.year + revisions.quarter
        between $first_quarter and $last_quarter
    group by revisions_until.vintage
    having
        count(distinct (revisions.flow, revisions.year, revisions.quarter))
        = ($last_quarter - $first_quarter + 1)
        * case when $flow = 'balance' then 2 else 1 end
),

known as (
    select
        vintages.vintage,
        arg_max(revisions.value_eur, revisions.vintage)
        * case when $flow = 'balance' and revisions.flow = 'import' then -1 else 1 end
            as value_eur
    from vintages
    inner join marts.fct_revisions as revisions
        on revisions.vintage <= vintages.vintage
    where
        revisions.territory_code = $territory_code
        and (revisions.flow = $flow or $flow = 'balance')
        and 4 * revisions.year + revisions.quarter
        between $first_quarter and $last_quarter
        and $country_code is null
        and $activity_code is null
    group by
        vintages.vintage, revisions.flow, revisions.year, revisions.quarter
),

concepts as (
    select
        'asked' as concept,
        null as vintage,
        sum(value_eur) as value_eur
    from period
    where flow = $flow
    union all
    select
        'vintage',
        vintage,
        sum(value_eur)
    from known
    group by vintage
    union all
    select
        case
            when $flow <> 'balance' then 'other_flow'
            when flow = 'export' then 'exports'
            else 'imports'
        end,
        null,
        sum(value_eur)
    from period
    where
        flow not in ($flow, 'balance')
        and (select has_both_flows from whole)
    group by flow
    union all
    select
        'balance',
        null,
        sum(case when flow = 'export' then value_eur else -value_eur end)
    from period
    where $flow <> 'balance' and (select has_both_flows from whole)
    union all
    select
        'both_flows',
        null,
        sum(value_eur)
    from period
    where flow <> 'balance' and (select has_both_flows from whole)
    union all
    select
        'without_energy',
        null,
        sum(period.value_eur)
    from period
    inner join marts.dim_activity as activities
        on period.activity_code = activities.activity_code
    where period.flow = $flow and not activities.is_energy
    union all
    select
        'without_unspecified',
        null,
        sum(period.value_eur)
    from period
    inner join marts.dim_country as countries
        on period.country_code = countries.country_code
    where period.flow = $flow and countries.is_country
    union all
    select
        'year_before',
        null,
        sum(value_eur)
    from own
    where
        flow = $flow
        and quarter_number between $first_quarter - 4 and $last_quarter - 4
        and (select is_before from whole)
    union all
    select
        'year_after',
        null,
        sum(value_eur)
    from own
    where
        flow = $flow
        and quarter_number between $first_quarter + 4 and $last_quarter + 4
        and (select is_after from whole)
    union all
    select
        'region',
        null,
        sum(scope.value_eur)
    from scope
    inner join marts.dim_territory as territories
        on scope.territory_code = territories.region_code
    where
        territories.territory_code = $territory_code
        and scope.flow = $flow
        and scope.quarter_number between $first_quarter and $last_quarter
    union all
    select
        'france',
        null,
        sum(value_eur)
    from scope
    where
        territory_code = 'FR'
        and $territory_code <> 'FR'
        and flow = $flow
        and quarter_number between $first_quarter and $last_quarter
)

select
    concept,
    vintage,
    cast(value_eur as bigint) as value_eur,
    value_eur - $printed as gap_eur,
    case
        when concept = 'asked' and abs(value_eur - $printed) <= $half_unit
            then 'right'
        when concept = 'asked' and abs(value_eur - $printed) <= 3 * $half_unit
            then 'rounding'
        when concept = 'asked' then 'wrong'
        when abs(value_eur - $printed) > $half_unit then 'no'
        when concept = 'vintage' then 'other vintage'
        else 'other concept'
    end as verdict
from concepts
where value_eur is not null
order by
    case verdict
        when 'right' then 1
        when 'rounding' then 2
        when 'other vintage' then 3
        when 'other concept' then 4
        when 'wrong' then 5
        else 6
    end,
    abs(gap_eur),
    concept,
    vintage desc
