{#- The columns of the marts as a list of rows, in the order of the marts' names (that of
    dbt's graph moves with every edit), from their YAML and tests: what `dim_column` holds. A column that may be summed says so in `config.meta.additive`,
    and within what in `config.meta.within`. -#}
{% macro dictionary_rows() %}
    {% set keys, references, rows = mart_keys(), mart_references(), [] %}
    {% for node in graph.nodes.values() | sort(attribute='name')
        if node.resource_type == 'model' and node.schema == 'marts' %}
        {% for column in node.columns.values() %}
            {% set meta = column.config.get('meta') or {} %}
            {% do rows.append({
                'mart_name': node.alias,
                'position': loop.index,
                'column_name': column.name,
                'data_type': column.data_type | lower | replace('array<string>', 'string[]') | replace('string', 'varchar'),
                'description': one_line(column.description),
                'is_key': column.name in keys[node.name],
                'refers_to': references.get(node.name ~ '.' ~ column.name),
                'is_additive': meta.get('additive', false),
                'additive_within': meta['within'] | join(', ') if meta.get('within') else none,
            }) %}
        {% endfor %}
    {% endfor %}
    {% do return(rows) %}
{% endmacro %}


{#- The marts as a list of rows: what `dim_mart` holds. Views are those of the
    published file. -#}
{% macro mart_rows() %}
    {% set keys, rows = mart_keys(), [] %}
    {% for node in graph.nodes.values() | sort(attribute='name')
        if node.resource_type == 'model' and node.schema == 'marts' %}
        {% do rows.append({
            'mart_name': node.alias,
            'description': one_line(node.description),
            'key_columns': keys[node.name] | join(', ') if keys[node.name] else none,
            'is_view': node.config.meta.get('published_as') == 'view',
        }) %}
    {% endfor %}
    {% do return(rows) %}
{% endmacro %}


{#- What marts and columns are described by, each text once, as a list of rows. -#}
{% macro described_texts() %}
    {% set texts = [] %}
    {% for node in graph.nodes.values() | sort(attribute='name')
        if node.resource_type == 'model' and node.schema == 'marts' %}
        {% for described in [node] + node.columns.values() | list %}
            {% do texts.append(one_line(described.description)) %}
        {% endfor %}
    {% endfor %}
    {% set rows = [] %}
    {% for text in texts | unique %}{% do rows.append({'description': text}) %}{% endfor %}
    {% do return(rows) %}
{% endmacro %}


{#- A description without the line ends and spaces it has in YAML. -#}
{% macro one_line(text) -%}
    {{ text.split() | join(' ') }}
{%- endmacro %}


{#- Mart → the columns that identify a row: those that `unique_key` or `unique` tests.
    Where that needs an expression, the model names a key of plain columns in
    `config.meta.key`, or has none. -#}
{% macro mart_keys() %}
    {% set keys = {} %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' and node.schema == 'marts' %}
        {% do keys.update({node.name: node.config.meta.get('key') or []}) %}
    {% endfor %}
    {% for test in graph.nodes.values() if test.resource_type == 'test' and test.test_metadata %}
        {% set mart = graph.nodes.get(test.attached_node, {}).get('name') %}
        {% set columns = {
            'unique_key': test.test_metadata.kwargs.get('columns'), 'unique': [test.column_name]
        }.get(test.test_metadata.name) %}
        {% if columns and keys.get(mart) == [] and '(' not in columns | join %}
            {% do keys.update({mart: columns}) %}
        {% endif %}
    {% endfor %}
    {% do return(keys) %}
{% endmacro %}


{#- `mart.column` → the dimension whose key has the name of the column, for facts and
    bridges; the `rpt_` marts have members of their own, such as `*other`, and a
    dimension may know more than another. -#}
{% macro mart_references() %}
    {% set keys, references = mart_keys(), {} %}
    {% set dimensions = {} %}
    {% for mart, key in keys.items() if mart.startswith('dim_') and key | length == 1 %}
        {% do dimensions.update({key[0]: mart}) %}
    {% endfor %}
    {% for node in graph.nodes.values()
        if node.name in keys and node.resource_type == 'model'
        and not node.name.startswith('rpt_') and node.name not in dimensions.values() %}
        {% for column in node.columns if column in dimensions %}
            {% do references.update({node.name ~ '.' ~ column: dimensions[column]}) %}
        {% endfor %}
    {% endfor %}
    {% do return(references) %}
{% endmacro %}


{#- Stops unless the node that calls it names these marts as what it depends on: dbt
    would run it before they are made. -#}
{% macro require_dependence(marts) %}
    {% for mart in marts if 'model.' ~ project_name ~ '.' ~ mart not in model.depends_on.nodes %}
        {{ exceptions.raise_compiler_error(
            model.name ~ " reads " ~ mart ~ " and does not say so: add `-- depends_on: {{ ref('"
            ~ mart ~ "') }}`"
        ) }}
    {% endfor %}
{% endmacro %}
