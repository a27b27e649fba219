{#- The measures of the warehouse, each defined once. -#}


{#- Exports less imports, whole euros; null when one flow was delivered for other
    quarters than the other (`has_both_flows` is false). Imports are CIF and exports
    FOB. -#}
{% macro balance_eur(import_eur, export_eur, has_both_flows) -%}
    case when {{ has_both_flows }} then {{ export_eur }} - {{ import_eur }} end
{%- endmacro %}


{#- Exports over imports; null without imports, and like the balance. -#}
{% macro coverage_ratio(import_eur, export_eur, has_both_flows) -%}
    case when {{ has_both_flows }} then {{ share(export_eur, import_eur) }} end
{%- endmacro %}


{#- A part over its whole, 0–1 when the part belongs to it; null for an empty
    whole. -#}
{% macro share(part, whole) -%}
    cast({{ part }} as double) / nullif({{ whole }}, 0)
{%- endmacro %}


{#- Growth from one value to the next, 0.05 is +5 %; null from an empty value. -#}
{% macro change_ratio(value, previous) -%}
    {{ share('(' ~ value ~ ' - ' ~ previous ~ ')', previous) }}
{%- endmacro %}


{#- The month before another, both written YYYYMM; null without one. -#}
{% macro month_before(month) -%}
    {{ month }} - case when {{ month }} % 100 = 1 then 89 else 1 end
{%- endmacro %}


{#- The month after another, both written YYYYMM; null without one. -#}
{% macro month_after(month) -%}
    {{ month }} + case when {{ month }} % 100 = 12 then 89 else 1 end
{%- endmacro %}


{#- Quarters since the year 0: the one before has one less, also across a year. -#}
{% macro quarter_number(year, quarter) -%}
    {{ year }} * 4 + {{ quarter }} - 1
{%- endmacro %}


{#- What a value is, since a 0 can be many things (see `value_status` in
    models/columns.md). `has_lines`: lines that name the territory were kept;
    `quarters`: quarters of the period that were delivered for the flow, of `whole`. -#}
{% macro value_status(value_eur, has_lines, quarters, whole=4, has_rejected='false') -%}
    case
        when {{ quarters }} = 0 then 'not_delivered'
        when {{ value_eur }} > 0 and {{ quarters }} < {{ whole }} then 'incomplete'
        when {{ value_eur }} > 0 then 'traded'
        when {{ has_lines }} then 'zero'
        when {{ has_rejected }} then 'rejected'
        else 'not_traded'
    end
{%- endmacro %}


{#- A label as it is compared: case, spaces and the form of an apostrophe left out. -#}
{% macro label_core(label) -%}
    lower(trim({{ replace_all("replace(" ~ label ~ ", '’', '''')", '\\s+', ' ') }}))
{%- endmacro %}


{#- A label of a list, cut where pages and drawings have no more room. -#}
{% macro label_cut(label, length) -%}
    case
        when length({{ label }}) <= {{ length }} then {{ label }}
        else left({{ label }}, {{ length - 1 }}) || '…'
    end
{%- endmacro %}


{#- Herfindahl-Hirschman index, 0–1: the sum of squared values over the square of
    their sum; `unspecified`, when given, is one member more. Null for an empty
    whole. Squares are exact: sums of doubles differ with the order of rows. -#}
{% macro herfindahl(squares, whole, unspecified=none) -%}
    cast(
        {{ squares }}
        {%- if unspecified %} + {{ exact(unspecified) }} * {{ unspecified }}{% endif %} as double
    ) / nullif(cast({{ exact(whole) }} * {{ whole }} as double), 0)
{%- endmacro %}


{#- Grubel-Lloyd index, 0–1: 1 less the sum of gaps |exports − imports| over the sum
    of both flows; null without trade. -#}
{% macro grubel_lloyd(gaps, trade) -%}
    1 - {{ share(gaps, trade) }}
{%- endmacro %}


{#- Contribution of an activity to the balance after the CEPII (Lafay), in thousandths
    of all trade: its balance less the part that falls to it by its weight. The
    contributions of a territory add up to 0. Null without trade. -#}
{% macro balance_contribution(import_eur, export_eur, imports_eur, exports_eur) -%}
    {%- set trade = '(' ~ exports_eur ~ ' + ' ~ imports_eur ~ ')' -%}
    1000 * (
        ({{ export_eur }} - {{ import_eur }})
        - {{ share(
            '(' ~ exports_eur ~ ' - ' ~ imports_eur ~ ')', trade
        ) }} * ({{ export_eur }} + {{ import_eur }})
    ) / nullif({{ trade }}, 0)
{%- endmacro %}


{#- A list of SQL expressions, one per reason: its name where a share is above the
    threshold of `level`, else null. `thresholds`: reason → (column, the first
    threshold, the serious one). -#}
{% macro threshold_reasons(thresholds, level) %}
    {% set expressions = [] %}
    {% for reason, threshold in thresholds.items() %}
        {% do expressions.append(
            'case when ' ~ threshold[0] ~ ' > ' ~ threshold[level] ~ " then '" ~ reason ~ "' end"
        ) %}
    {% endfor %}
    {% do return(expressions) %}
{% endmacro %}


{#- The mean of rates in percent (at most three decimals), each weighted by whole euros:
    exact sums, which do not differ with the order of rows. -#}
{% macro weighted_mean(weight, rate) -%}
    cast(sum({{ exact(weight) }} * cast(round({{ rate }} * 1000) as bigint)) as double)
    / nullif(1000 * cast(sum({{ weight }}) as double), 0)
{%- endmacro %}


{#- The duties of the United States in force on a day, a relation with a row per
    activity as in `fct_us_duties`; no row before the first measure known.
    Called in a from clause, the day as an SQL text. -#}
{% macro us_duties_on(day) -%}
    (
        select
            activity_code,
            duty_min_pct,
            duty_max_pct,
            measures
        from {{ ref('fct_us_duties') }}
        where
            valid_from <= cast({{ day }} as date)
            and (valid_to is null or cast({{ day }} as date) < valid_to)
    )
{%- endmacro %}


{#- Whether a list of codes written `D67+D68` holds a code. -#}
{% macro is_among(code, codes) -%}
    '+' || {{ codes }} || '+' like '%+' || {{ code }} || '+%'
{%- endmacro %}


{#- The number with the fewest digits that is above `low` and at most `high`: where the
    colours of a map part. Null without both. -#}
{% macro roundest_between(low, high) -%}
    coalesce(
        {#- Below one, a division by a power of ten: 12 / 10 is 1.2, 12 * 0.1 is not. -#}
        {%- for exponent in range(12, -7, -1) %}
        {%- set step = '1e' ~ (exponent | abs) %}
        {%- set (units, back) = ('/', '*') if exponent >= 0 else ('*', '/') %}
        {%- set number -%}
            ((floor({{ low }} {{ units }} {{ step }}) + 1) {{ back }} {{ step }})
        {%- endset %}
        case when {{ number }} <= {{ high }} then {{ number }} end,
        {%- endfor %}
        {{ high }}
    )
{%- endmacro %}
