{#-
  `marts.flows_as_of('2025-02')`: the finest flows as the publications up to a vintage
  told them, in the columns of `fct_trade_flows`.

  A table macro of DuckDB, which dbt knows no model for. It reads the flows of today
  (the same in every delivery, unless `fct_trade_flow_versions` has versions of them) and
  says which vintages there are when asked for another. It is written in what DuckDB keeps
  word for word (no `cross join`, no `exclude`): publishing compares. Its tables are
  found in the database in use: who attaches the file beside others says `use` first.
-#}
{% macro flows_as_of_sql() -%}
    {%- set columns = [
        'year', 'quarter', 'period_start', 'flow', 'territory_code', 'product_code',
        'activity_code', 'country_code', 'value_eur', 'mass_kg'
    ] -%}
    with held as (
        select year, quarter, flow, vintage
        from marts.fct_revisions
        where territory_level = 'country'
    ),

    vintages as (
        select list(distinct vintage order by vintage) as all_held
        from held
    ),

    is_held as (
        select
            case
                when list_contains(all_held, known_in) then true
                else error(
                    'There is no vintage ' || coalesce(known_in, 'null')
                    || ' in this file; it holds '
                    || array_to_string(all_held, ', ') || '.'
                )
            end as answer
        from vintages
    ),

    -- Quarters that no publication had told of yet are left out.
    delivered as (
        select distinct year, quarter, flow
        from held
        where
            vintage <= coalesce(known_in, '')
            and (select answer from is_held)
    )

    select {{ columns | join(', ') }}
    from marts.fct_trade_flows
    semi join delivered using (year, quarter, flow)
    anti join marts.fct_trade_flow_versions using (
        {{ columns | reject('in', ['period_start', 'value_eur', 'mass_kg']) | join(', ') }}
    )
    union all
    select {{ columns | join(', ') }}
    from marts.fct_trade_flow_versions
    semi join delivered using (year, quarter, flow)
    where
        known_from <= known_in
        and (known_until is null or known_until > known_in)
{%- endmacro %}


{#- The functions that are published with the marts: name, parameters, query, comment.
    A project without the marts they read (a test's) has none. -#}
{% macro published_functions() %}
    {% if not graph.nodes.values() | selectattr('name', 'equalto', 'fct_trade_flow_versions') | list %}
        {% do return([]) %}
    {% endif %}
    {% do return([{
        'name': 'flows_as_of',
        'parameters': 'known_in',
        'sql': flows_as_of_sql(),
        'comment': "fct_trade_flows as the publications up to the vintage known_in told "
            ~ "it: from marts.flows_as_of('2025-02'). Refuses a vintage that is not held.",
    }]) %}
{% endmacro %}


{#- Makes them in the schema of the marts, which they read by name. -#}
{% macro create_published_functions() %}
    {% for made in published_functions() %}
        {% set name = adapter.quote(target.database) ~ '.marts.' ~ made.name %}
        {% do run_query(
            'create or replace macro ' ~ name ~ '(' ~ made.parameters ~ ') as table '
            ~ made.sql ~ '; comment on macro table ' ~ name ~ ' is '
            ~ text_literal(made.comment)
        ) %}
    {% endfor %}
{% endmacro %}
