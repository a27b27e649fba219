{#-
  The one door: where customs lines come from.

  Without the var `customs_dir`, the bundled simulated sample. With it, the
  official files `<customs_dir>/<YYYY-MM>/*.txt`, read line by line. Everything
  that depends on the choice is in this file.
-#}


{#- The seeds that make up the bundled sample. -#}
{% macro sample_seeds() %}
    {% do return([
        'customs_2023_export',
        'customs_2023_import',
        'customs_2024_export',
        'customs_2024_import',
    ]) %}
{% endmacro %}


{% macro uses_customs_dir() %}
    {% do return((var('customs_dir', '') or '') | trim != '') %}
{% endmacro %}


{#- The official files of `customs_dir`, in order: path, vintage, name.
    Raises when the folder holds none, or one outside a vintage folder. -#}
{% macro customs_files() %}
    {% set folder = var('customs_dir') | trim %}
    {% if folder | length > 1 and folder[-1] == '/' %}{% set folder = folder[:-1] %}{% endif %}
    {% set files = [] %}
    {% set found = run_query(
        "select file from glob(" ~ text_literal(folder ~ '/**/*.[tT][xX][tT]') ~ ") order by file"
    ) %}
    {% for row in found.rows %}
        {% set parts = row[0].replace('\\', '/').split('/') %}
        {% set vintage = parts[-2] if parts | length > 1 else '' %}
        {% if not modules.re.fullmatch('[12][0-9]{3}-(0[1-9]|1[0-2])', vintage) %}
            {% do exceptions.raise_compiler_error(
                row[0] ~ ": a customs file lies in a folder named after its vintage, the "
                ~ "month of publication (YYYY-MM). Move it to "
                ~ folder ~ "/<YYYY-MM>/" ~ parts[-1] ~ "."
            ) %}
        {% endif %}
        {% do files.append({'path': row[0], 'vintage': vintage, 'name': parts[-1]}) %}
    {% endfor %}
    {% if not files %}
        {% do exceptions.raise_compiler_error(
            "customs_dir '" ~ folder ~ "' holds no file <YYYY-MM>/*.txt. Name a folder of "
            ~ "official customs files, or leave customs_dir empty for the sample."
        ) %}
    {% endif %}
    {% do return(files) %}
{% endmacro %}


{#- 'simulated' for the sample and for folders whose manifest says so;
    'provided' for files given by hand. Refuses a mix of the two. -#}
{% macro customs_data_origin() %}
    {% if not uses_customs_dir() %}{% do return('simulated') %}{% endif %}
    {% set simulated = [] %}
    {% set vintages = customs_files() | map(attribute='vintage') | unique | list %}
    {% set folder = var('customs_dir') | trim %}
    {% set manifests = run_query(
        "select filename, content from read_text("
        ~ text_literal(folder ~ '/*/manifest.jso[n]') ~ ")"
    ) if run_query(
        "select 1 from glob(" ~ text_literal(folder ~ '/*/manifest.json') ~ ") limit 1"
    ).rows | length else none %}
    {% for row in (manifests.rows if manifests else []) %}
        {% if (fromjson(row[1], default={}) or {}).get('data_origin') == 'simulated' %}
            {% do simulated.append(row[0].replace('\\', '/').split('/')[-2]) %}
        {% endif %}
    {% endfor %}
    {% set others = vintages | reject('in', simulated) | list %}
    {% if simulated and others %}
        {% do exceptions.raise_compiler_error(
            "customs_dir mixes simulated vintages (" ~ simulated | join(', ') ~ ") with others ("
            ~ others | join(', ') ~ "). Keep them in two folders."
        ) %}
    {% endif %}
    {% do return('simulated' if simulated else 'provided') %}
{% endmacro %}


{#- One row per physical line of the official files, in file order: vintage,
    source_file, raw_line ('' when blank). Every byte is read as one character
    (latin-1), so a line in a wrong encoding is a malformed line, not an error;
    the official codes are ASCII. `line_number` costs the parallel scan: ask for
    it only where it is shown. -#}
{% macro customs_raw_lines(with_line_number=false) -%}
    {%- for file in customs_files() %}
    select
        {{ text_literal(file.vintage) }} as vintage,
        {{ text_literal(file.name) }} as source_file,
        {%- if with_line_number %}
        row_number() over () as line_number,
        {%- endif %}
        coalesce(line, '') as raw_line
    from read_csv(
        {{ text_literal(file.path) }},
        auto_detect = false,
        header = false,
        delim = '\x01',
        quote = '',
        escape = '',
        encoding = 'latin-1',
        strict_mode = false,
        columns = {'line': 'VARCHAR'}
    )
    {{ "union all" if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{#- The pattern of one well-formed official line:
    flow;quarter;year;department;region;a129;cpf4;country;euros;kilograms -#}
{% macro customs_line_pattern() -%}
    '[IE];[1-4];(19|20)[0-9]{2};[0-9A-Z]{2};[0-9A-Z]{2};[0-9A-Z]{4};[0-9]{4};[0-9A-Z]{2};[0-9]{1,18};[0-9]{1,18}'
{%- endmacro %}


{#- Why a physical line is not well-formed; null when it is. -#}
{% macro customs_line_reason(raw_line) -%}
    {%- set field = "split_part(" ~ raw_line ~ ", ';', " -%}
    case
        when regexp_full_match({{ raw_line }}, {{ customs_line_pattern() }}) then null
        when trim({{ raw_line }}) = '' then 'blank line'
        when length({{ raw_line }}) - length(replace({{ raw_line }}, ';', '')) <> 9
            then 'wrong number of fields'
        when {{ field }}1) not in ('I', 'E') then 'unknown flow'
        when not regexp_full_match({{ field }}2), '[1-4]') then 'quarter out of range'
        when not regexp_full_match({{ field }}3), '(19|20)[0-9]{2}') then 'year out of range'
        when not regexp_full_match({{ field }}4), '[0-9A-Z]{2}') then 'malformed department code'
        when not regexp_full_match({{ field }}5), '[0-9A-Z]{2}') then 'malformed region code'
        when not regexp_full_match({{ field }}6), '[0-9A-Z]{4}') then 'malformed A129 code'
        when not regexp_full_match({{ field }}7), '[0-9]{4}') then 'malformed CPF4 code'
        when not regexp_full_match({{ field }}8), '[0-9A-Z]{2}') then 'malformed country code'
        when {{ field }}9) = '' then 'missing value'
        when regexp_full_match({{ field }}9), '-[0-9]+') then 'negative value'
        when not regexp_full_match({{ field }}9), '[0-9]+') then 'value is not a whole number'
        when length({{ field }}9)) > 18 then 'value overflows'
        when {{ field }}10) = '' then 'missing mass'
        when regexp_full_match({{ field }}10), '-[0-9]+') then 'negative mass'
        when not regexp_full_match({{ field }}10), '[0-9]+') then 'mass is not a whole number'
        else 'mass overflows'
    end
{%- endmacro %}


{#- One row per source file: name, sha256 of its bytes. -#}
{% macro customs_file_hashes() -%}
    {%- if uses_customs_dir() %}
        {%- for file in customs_files() %}
    select
        {{ text_literal(file.vintage) }} as vintage,
        {{ text_literal(file.name) }} as source_file,
        sha256(bytes.content) as file_sha256
    from read_blob({{ text_literal(file.path) }}) as bytes
    {{ "union all" if not loop.last }}
        {%- endfor %}
    {%- else %}
        {%- for seed in sample_seeds() %}
    select
        'simulated' as vintage,
        {{ text_literal(seed ~ '.csv') }} as source_file,
        sha256(bytes.content) as file_sha256
    from read_blob({{ text_literal('seeds/customs/' ~ seed ~ '.csv') }}) as bytes
    {{ "union all" if not loop.last }}
        {%- endfor %}
    {%- endif %}
{%- endmacro %}
