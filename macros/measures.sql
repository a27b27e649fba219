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


{#- A label as it is compared: case, spaces and the form of an apostrophe left out. -#}
{% macro label_core(label) -%}
    lower(trim(regexp_replace(replace({{ label }}, '’', ''''), '\s+', ' ', 'g')))
{%- endmacro %}


{#- A label of a list, cut where pages and drawings have no more room. -#}
{% macro label_cut(label, length) -%}
    case
        when length({{ label }}) <= {{ length }} then {{ label }}
        else left({{ label }}, {{ length - 1 }}) || '…'
    end
{%- endmacro %}
