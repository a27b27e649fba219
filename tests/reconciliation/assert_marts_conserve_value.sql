-- The current vintage of a year and flow is worth the same to the euro in every
-- layer and at every level that covers France.
with expected as (
    select
        summed.year,
        cast(summed.flow as string) as flow,
        sum(summed.value_eur) as value_eur
    from {{ ref('int_files_summed') }} as summed
    inner join {{ ref('int_periods_selected') }} as periods
        on
            summed.file_id = periods.file_id
            and summed.flow = periods.flow
            and summed.year = periods.year
            and summed.quarter = periods.quarter
    group by summed.year, summed.flow
),

measured as (
    select
        'fct_trade_flows' as mart,
        year,
        flow,
        sum(value_eur) as value_eur
    from {{ ref('fct_trade_flows') }}
    group by year, flow
    {%- for mart in [
        'fct_territory_quarters', 'fct_territory_totals', 'fct_trade_balances',
    ] %}
    {%- for flow in ['import', 'export'] %}
    union all
    select
        '{{ mart }}' as mart,
        year,
        '{{ flow }}' as flow,
        sum({{ flow }}_eur) as value_eur
    from {{ ref(mart) }}
    where territory_level = 'country'
    group by year
    having sum({{ flow }}_eur) > 0
    {%- endfor %}
    {%- endfor %}
    {%- for mart in [
        'fct_share_ratios',
        'rpt_factsheet_flows',
        'fct_specialisation',
        'fct_unit_values',
    ] %}
    union all
    select
        '{{ mart }}' as mart,
        year,
        flow,
        sum(value_eur) as value_eur
    from {{ ref(mart) }}
    where territory_level = 'country'
    group by year, flow
    {%- endfor %}
    {%- for ranked_by in ['activity', 'product'] %}
    union all
    select
        'fct_rankings by {{ ranked_by }}' as mart,
        year,
        flow,
        sum(value_eur) as value_eur
    from {{ ref('fct_rankings') }}
    where territory_level = 'country' and ranked_by = '{{ ranked_by }}'
    group by year, flow
    {%- endfor %}
)

select
    measured.mart,
    coalesce(measured.year, expected.year) as year,
    coalesce(measured.flow, expected.flow) as flow,
    measured.value_eur,
    expected.value_eur as expected_eur
from measured
full outer join expected
    on measured.year = expected.year and measured.flow = expected.flow
where measured.value_eur is distinct from expected.value_eur
