-- The quarters of a territory add up to its year, and its partners to its
-- totals, to the euro; a year of uneven flows has no balance.
with expected as (
    select
        year,
        territory_code,
        import_eur,
        export_eur,
        balance_eur,
        has_both_flows
    from {{ ref('fct_territory_totals') }}
),

measured as (
    {%- for mart in ['fct_territory_quarters', 'fct_trade_balances'] %}
    select
        '{{ mart }}' as mart,
        year,
        territory_code,
        sum(import_eur) as import_eur,
        sum(export_eur) as export_eur,
        sum(balance_eur) as balance_eur
    from {{ ref(mart) }}
    group by year, territory_code
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select
    measured.mart,
    expected.*
from expected
left join measured
    on
        expected.year = measured.year
        and expected.territory_code = measured.territory_code
where
    expected.import_eur is distinct from measured.import_eur
    or expected.export_eur is distinct from measured.export_eur
    or expected.balance_eur is distinct from case
        when expected.has_both_flows
            then expected.export_eur - expected.import_eur
    end
    or expected.balance_eur <> measured.balance_eur
    or (expected.has_both_flows and measured.balance_eur is null)
