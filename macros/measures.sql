{#- The measures of the warehouse, each defined once. -#}


{#- Exports less imports, whole euros. Imports are CIF and exports FOB. -#}
{% macro balance_eur(import_eur, export_eur) -%}
    {{ export_eur }} - {{ import_eur }}
{%- endmacro %}


{#- Exports over imports; null without imports. -#}
{% macro coverage_ratio(import_eur, export_eur) -%}
    {{ share(export_eur, import_eur) }}
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
