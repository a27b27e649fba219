{#- At the end of a run that built the dimensions: one warning for each code that
    no reference list knows, by name, with the value it carries and what the newest
    list of labels calls it. -#}
{% macro report_unknown_codes(results) %}
    {% set dimensions = {
        'dim_territory': ('department', 'territory_code', 'territory_name'),
        'dim_country': ('country', 'country_code', 'country_name_fr'),
        'dim_product': ('product', 'product_code', 'product_name_fr'),
        'dim_activity': ('activity', 'activity_code', 'activity_name_fr'),
    } %}
    {#- By the relations of the run, not by `ref`: this must not make every run
        depend on the dimensions. -#}
    {% set built = {} %}
    {% for result in results if result.status == 'success' %}
        {% do built.update({result.node.name: result.node.relation_name}) %}
    {% endfor %}
    {% set flows = built.get('fct_trade_flows') %}
    {% for model, (kind, code, name) in dimensions.items() if flows and model in built %}
        {% set unknown = "(select * from " ~ built[model] ~ " where not is_known)" %}
        {#- The millions of flows are read only when there is something to say. -#}
        {% if run_query("select * from " ~ unknown ~ " as unknown").rows | length %}
            {% for row in run_query(
                "select " ~ code ~ ", sum(value_eur), any_value(label_vintage), "
                ~ "any_value(" ~ name ~ ") from " ~ flows ~ " inner join " ~ unknown
                ~ " as unknown using (" ~ code ~ ") group by 1 order by 1"
            ).rows %}
                {% set whole = department_published_as_one(built[model], row[0])
                    if kind == 'department' %}
                {% do exceptions.warn(
                    "unknown " ~ kind ~ " code " ~ row[0] ~ ": " ~ row[1] ~ " euros, kept under "
                    ~ "its own code"
                    ~ (", which the list of labels of " ~ row[2] ~ " calls « " ~ row[3] ~ " »"
                        if row[2] else "")
                    ~ ". " ~ (whole or "Add it to seeds/reference.")
                ) %}
            {% endfor %}
        {% endif %}
    {% endfor %}
{% endmacro %}


{#- A sentence on the department that customs publish as one and that this is a part
    of: `D2A` of `D20`, Corse. Empty for any other. -#}
{% macro department_published_as_one(territories, territory_code) %}
    {% for row in run_query(
        "select replace(insee_codes, '|', ' and '), territory_code, territory_name, customs_code "
        ~ "from " ~ territories ~ " where level = 'department' "
        ~ "and '|' || insee_codes || '|' like " ~ text_literal('%|' ~ territory_code[1:] ~ '|%')
    ).rows %}
        {% do return(
            "Customs publish " ~ row[0] ~ " as one, " ~ row[1] ~ " (" ~ row[2] ~ "): write "
            ~ row[3] ~ " in the files."
        ) %}
    {% endfor %}
    {% do return('') %}
{% endmacro %}
