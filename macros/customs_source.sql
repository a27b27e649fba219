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


{#- The folder of the var `customs_dir`, without a slash at its end. -#}
{% macro customs_folder() %}
    {% do return((var('customs_dir') | trim).rstrip('/') or '/') %}
{% endmacro %}


{#- The official files of `customs_dir`, in order: path, vintage, name.
    Raises when the folder holds none, or one outside a vintage folder. -#}
{% macro customs_files() %}
    {% set folder = customs_folder() %}
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


{#- 'simulated' for the sample and for vintages whose manifest says so; 'official'
    when every file has the sha256 that the manifest of a download recorded;
    otherwise 'provided'. Refuses a mix of simulated vintages and others. -#}
{% macro customs_data_origin() %}
    {% if not uses_customs_dir() %}{% do return('simulated') %}{% endif %}
    {% set origins = {} %}
    {% set vouched = [] %}
    {% for vintage in customs_files() | map(attribute='vintage') | unique %}
        {% set manifest = customs_manifest(vintage) %}
        {% do origins.update({vintage: manifest.get('data_origin')}) %}
        {% if manifest.get('data_origin') == 'official' %}
            {% for file in manifest.get('files') or [] %}
                {% do vouched.append([vintage, file.get('name'), file.get('sha256')]) %}
            {% endfor %}
        {% endif %}
    {% endfor %}
    {% set simulated = [] %}
    {% for vintage, origin in origins.items() if origin == 'simulated' %}
        {% do simulated.append(vintage) %}
    {% endfor %}
    {% set others = origins.keys() | reject('in', simulated) | list %}
    {% if simulated and others %}
        {% do exceptions.raise_compiler_error(
            "customs_dir mixes simulated vintages (" ~ simulated | join(', ') ~ ") with others ("
            ~ others | join(', ') ~ "). Keep them in two folders."
        ) %}
    {% endif %}
    {% if simulated %}{% do return('simulated') %}{% endif %}
    {% for row in run_query(customs_file_hashes()).rows %}
        {% if [row[0], row[1], row[2]] not in vouched %}{% do return('provided') %}{% endif %}
    {% endfor %}
    {% do return('official') %}
{% endmacro %}


{#- The manifest.json of a vintage folder; empty when there is none or it cannot
    be read. -#}
{% macro customs_manifest(vintage) %}
    {% set path = text_literal(customs_folder() ~ '/' ~ vintage ~ '/manifest.json') %}
    {% set found = run_query("select file from glob(" ~ path ~ ")") %}
    {% if not found.rows | length %}{% do return({}) %}{% endif %}
    {% set content = run_query("select content from read_text(" ~ path ~ ")").rows[0][0] %}
    {% set manifest = fromjson(content, default={}) %}
    {% do return(manifest if manifest is mapping else {}) %}
{% endmacro %}


{#- One row per physical line of the official files, in file order: vintage,
    source_file, raw_line ('' when blank; a line ends at LF or CRLF). The number of
    the line costs the parallel scan: ask for it only where it is shown. -#}
{% macro customs_raw_lines(with_line_number=false) -%}
    {%- for file in customs_files() %}
    select
        {{ text_literal(file.vintage) }} as vintage,
        {{ text_literal(file.name) }} as source_file,
        {%- if with_line_number %}
        row_number() over () as line_number,
        {%- endif %}
        coalesce(line, '') as raw_line
    from {{ customs_lines_of_file(file.path) }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{#- The physical lines of one file. Files of plain characters are scanned by
    `read_csv`. In any other (a wrong encoding, a control character, a lone CR,
    which the scan would refuse or take for a line end) the bytes are cut at LF,
    and every byte that is not plain is shown as \xNN: such a line is malformed,
    the others are read as usual. -#}
{% macro customs_lines_of_file(path) -%}
    {%- set plain = run_query(
        "select not regexp_matches(ltrim(coalesce(try(decode(content)), chr(1)), chr(65279)), "
        ~ "'[^\\n\\r -~]|\\r[^\\n]|\\r$') from read_blob(" ~ text_literal(path) ~ ")"
    ).rows[0][0] -%}
    {%- if plain -%}
    read_csv(
        {{ text_literal(path) }},
        auto_detect = false,
        header = false,
        delim = '\x01',
        quote = '',
        escape = '',
        strict_mode = false,
        columns = {'line': 'VARCHAR'}
    )
    {%- else -%}
    (
        select
            replace(
                replace(regexp_replace(unnest(lines), '\\x0D$', ''), '\x22', '"'),
                '\x27', ''''
            ) as line
        from (
            select string_split(
                regexp_replace(
                    regexp_replace(cast(content as varchar), '^\\xEF\\xBB\\xBF', ''),
                    '\\x0A$', ''
                ), '\x0A'
            ) as lines
            from read_blob({{ text_literal(path) }})
            where octet_length(content) > 0
        )
    )
    {%- endif -%}
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
