{#-
  The one door: where customs lines come from.

  Without the var `customs_dir`, the bundled simulated sample. With it, the
  official files in that folder (scripts/intake lists them), read line by line.
  Everything that depends on the choice is in this file and in staging.
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


{#- The var `as_of`, a vintage or empty. Raises when it is neither, or when there are
    no vintages to choose from. -#}
{% macro customs_as_of() %}
    {% set as_of = (var('as_of', '') or '') | string | trim %}
    {% if as_of and not modules.re.fullmatch('(19|20)[0-9]{2}-(0[1-9]|1[0-2])', as_of) %}
        {% do exceptions.raise_compiler_error(
            "as_of is '" ~ as_of ~ "': a vintage is written YYYY-MM, in quotes (as_of: \"2025-02\")."
        ) %}
    {% endif %}
    {% if as_of and not uses_customs_dir() %}
        {% do exceptions.raise_compiler_error(
            "as_of is '" ~ as_of ~ "', and the bundled sample has no vintages. Name a folder "
            ~ "of official files with customs_dir."
        ) %}
    {% endif %}
    {% do return(as_of) %}
{% endmacro %}


{#- The files of `customs_dir`, in order: path, vintage, name, sha256, lines,
    is_plain, stamp, data_origin. Raises, with every reason, when one is not a
    customs file, or when simulated vintages and others are mixed. -#}
{% macro customs_files() %}
    {% set inventory = fromjson(run_query(
        'select customs_inventory(' ~ text_literal(customs_folder()) ~ ')'
    ).rows[0][0]) %}
    {% if inventory.refused %}
        {% set more = inventory.refused | length - 20 %}
        {% do exceptions.raise_compiler_error(
            inventory.refused[:20] | join('\n')
            ~ ('\n… and ' ~ more ~ ' more' if more > 0 else '')
        ) %}
    {% endif %}
    {% set origins = {} %}
    {% for vintage in inventory.files | map(attribute='vintage') | unique %}
        {% set manifest = customs_manifest(vintage) %}
        {% set vouched = {} %}
        {% for file in manifest.get('files') or [] if file is mapping %}
            {% do vouched.update({file.get('name'): file.get('sha256')}) %}
        {% endfor %}
        {% do origins.update({vintage: (manifest.get('data_origin'), vouched)}) %}
    {% endfor %}
    {% set simulated = [] %}
    {% set others = [] %}
    {% for vintage, (origin, _) in origins.items() %}
        {% do (simulated if origin == 'simulated' else others).append(vintage) %}
    {% endfor %}
    {% if simulated and others %}
        {% do exceptions.raise_compiler_error(
            "customs_dir mixes simulated vintages (" ~ simulated | join(', ') ~ ") with others ("
            ~ others | join(', ') ~ "). Keep them in two folders."
        ) %}
    {% endif %}
    {% for file in inventory.files %}
        {% set origin, vouched = origins[file.vintage] %}
        {% if origin == 'official' and vouched.get(file.name) != file.sha256 %}
            {% set origin = 'provided' %}
        {% endif %}
        {% do file.update({
            'data_origin': origin if origin in ('simulated', 'official') else 'provided'
        }) %}
    {% endfor %}
    {% do return(inventory.files) %}
{% endmacro %}


{#- The manifest.json of a vintage folder; empty when there is none or it cannot
    be read. -#}
{% macro customs_manifest(vintage) %}
    {% set path = text_literal(customs_folder() ~ '/' ~ vintage ~ '/manifest.json') %}
    {% set found = run_query("select content from read_text(" ~ path ~ ")"
        if run_query("select file from glob(" ~ path ~ ")").rows | length else "select ''") %}
    {% set manifest = fromjson(found.rows[0][0], default={}) %}
    {% do return(manifest if manifest is mapping else {}) %}
{% endmacro %}


{#- The files that the next lines are read from, as `stg_customs__files` lists
    them: file_id, file_path, is_plain. `condition` chooses among them; none
    before the list is made (`dbt compile` in a new warehouse). -#}
{% macro customs_files_to_read(files, condition='true') %}
    {% if load_relation(files) is none %}{% do return([]) %}{% endif %}
    {% do return(run_query(
        'select file_id, file_path, is_plain from ' ~ files
        ~ ' where ' ~ condition ~ ' order by vintage, source_file'
    ).rows) %}
{% endmacro %}


{#- One row per physical line of official files, in file order: file_id, raw_line
    ('' when blank; a line ends at LF or CRLF). The number of the line costs the
    parallel scan: ask for it only where it is shown. -#}
{% macro customs_raw_lines(files, with_line_number=false) -%}
    {%- for file in files %}
    select
        cast({{ file.file_id }} as bigint) as file_id,
        {%- if with_line_number %}
        row_number() over () as line_number,
        {%- endif %}
        coalesce(line, '') as raw_line
    from {{ customs_lines_of_file(file.file_path, file.is_plain) }}
    {{ "union all" if not loop.last }}
    {%- else %}
    select
        cast(null as bigint) as file_id,
        {%- if with_line_number %}
        cast(null as bigint) as line_number,
        {%- endif %}
        cast(null as varchar) as raw_line
    where false
    {%- endfor %}
{%- endmacro %}


{#- The physical lines of one file. Files of plain characters are scanned by
    `read_csv`. In any other (a wrong encoding, a control character, a lone CR,
    an endless line, which the scan would refuse or take for a line end) the
    bytes are cut at LF, and every byte that is not plain is shown as \xNN: such
    a line is malformed, the others are read as usual. -#}
{% macro customs_lines_of_file(path, is_plain) -%}
    {%- if is_plain -%}
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


{#- Raises when a file is no longer the one that was listed: what was read of it
    is then worth nothing. For a post-hook, in the transaction of the reading. -#}
{% macro refuse_changed_files(files) %}
    {% if execute and uses_customs_dir() %}
        {% set changed = run_query(
            'select file_path from ' ~ files ~ ' where customs_stamp(file_path) <> stamp'
        ).columns[0].values() %}
        {% if changed %}
            {% do exceptions.raise_compiler_error(
                changed | join(', ') ~ ": changed while being read. Nothing of it was kept; "
                ~ "build again when it is complete."
            ) %}
        {% endif %}
    {% endif %}
{% endmacro %}


{#- The pattern of one well-formed official line:
    flow;quarter;year;department;region;a129;cpf4;country;euros;kilograms
    Fifteen digits are more than the trade of the world. -#}
{% macro customs_line_pattern() -%}
    '[IE];[1-4];(19|20)[0-9]{2};[0-9A-Z]{2};[0-9A-Z]{2};[0-9A-Z]{4};[0-9]{4};[0-9A-Z]{2};[0-9]{1,15};[0-9]{1,15}'
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
        when length({{ field }}9)) > 15 then 'value overflows'
        when {{ field }}10) = '' then 'missing mass'
        when regexp_full_match({{ field }}10), '-[0-9]+') then 'negative mass'
        when not regexp_full_match({{ field }}10), '[0-9]+') then 'mass is not a whole number'
        else 'mass overflows'
    end
{%- endmacro %}
