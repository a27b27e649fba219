{#- Days, months and quarters, in words that every engine takes. -#}


{#- The first day of a quarter, a date. -#}
{% macro first_day_of_quarter(year, quarter) -%}
    make_date({{ year }}, ({{ quarter }}) * 3 - 2, 1)
{%- endmacro %}


{#- The last day of the quarter that begins on a day, a date. -#}
{% macro last_day_of_quarter(first_day) -%}
    cast({{ first_day }} + interval 3 months - interval 1 day as date)
{%- endmacro %}


{#- The first day of a month written YYYYMM, a date. -#}
{% macro first_day_of_month(month) -%}
    make_date(cast(floor(({{ month }}) / 100) as integer), ({{ month }}) % 100, 1)
{%- endmacro %}


{#- The last day of a month written YYYYMM, a date. -#}
{% macro last_day_of_month(month) -%}
    last_day({{ first_day_of_month(month) }})
{%- endmacro %}


{#- A relation of whole numbers, column `number`, from the first up to the last. -#}
{% macro whole_numbers(name, first, last) -%}
    range({{ first }}, {{ last }} + 1) as {{ name }} (number)
{%- endmacro %}
