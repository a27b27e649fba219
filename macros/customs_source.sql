{#-
  The one door: where customs lines come from.

  Without the var `customs_dir`, from the seeds of the bundled simulated sample. With
  it, from the official files in that folder (src/commerce_exterieur/intake lists
  them). Raw lines either way: from there on there is one program.
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


{#- The files of `customs_dir`, in order, as `intake.inventory.CustomsFile` says.
    Raises, with every reason, when one is not a customs file. What else there is to
    know of them is told once a run: by whoever lists them in a table. -#}
{% macro customs_files(tells_notes=false) %}
    {% set inventory = fromjson(program_inventory(customs_folder())) %}
    {% if inventory.refused %}
        {% set more = inventory.refused | length - 20 %}
        {% do exceptions.raise_compiler_error(
            inventory.refused[:20] | join('\n')
            ~ ('\n… and ' ~ more ~ ' more' if more > 0 else '')
        ) %}
    {% endif %}
    {% for note in inventory.notes if tells_notes %}
        {% do exceptions.warn(note) %}
    {% endfor %}
    {% do return(inventory.files) %}
{% endmacro %}


{#- One row per physical line of the files listed in `files` (`stg_customs__files`), in
    file order: file_id, raw_line ('' when blank; a line ends at LF or CRLF).
    `condition` chooses among the files. -#}
{% macro customs_raw_lines(files, condition='true') -%}
    {%- for file in customs_files_to_read(files, condition) %}
    {%- if uses_customs_dir() %}
    {{ lines_of_file(file) }}
    {%- else %}
    select
        cast({{ file.file_id }} as bigint) as file_id,
        raw_line
    from {{ file.read_from }}
    {%- endif %}
    {{ "union all" if not loop.last }}
    {%- else %}
    select
        cast(null as bigint) as file_id,
        cast(null as string) as raw_line
    where false
    {%- endfor %}
{%- endmacro %}


{#- The malformed ones among them, with their number (from 1): file_id, line_number,
    raw_line. The official header is one. -#}
{% macro customs_malformed_lines(files, condition='true') -%}
    {%- for file in customs_files_to_read(files, condition) %}
    {%- if uses_customs_dir() %}
    {{ malformed_lines_of_file(file) }}
    {%- else %}
    select
        cast({{ file.file_id }} as bigint) as file_id,
        line_number,
        raw_line
    from {{ file.read_from }}
    where not {{ customs_line_is_well_formed('raw_line') }}
    {%- endif %}
    {{ "union all" if not loop.last }}
    {%- else %}
    select
        cast(null as bigint) as file_id,
        cast(null as bigint) as line_number,
        cast(null as string) as raw_line
    where false
    {%- endfor %}
{%- endmacro %}


{#- The files that the next lines are read from: file_id, read_from, is_plain. None
    before they are listed (`dbt compile` in a new warehouse). -#}
{% macro customs_files_to_read(files, condition) %}
    {% if not execute or load_relation(files) is none %}{% do return([]) %}{% endif %}
    {% do return(run_query(
        'select file_id, read_from, is_plain from ' ~ files
        ~ ' where ' ~ condition ~ ' order by vintage, source_file'
    ).rows) %}
{% endmacro %}


{#- Raises when a file is no longer the one that was listed: what was read of it
    is then worth nothing. For a post-hook, in the transaction of the reading. -#}
{% macro refuse_changed_files(files) %}
    {% if execute and uses_customs_dir() %}
        {% set changed = changed_files(files) %}
        {% if changed %}
            {% do exceptions.raise_compiler_error(
                changed | join(', ') ~ ": changed while being read. What was read of it does not "
                ~ "count; build again when it is complete."
            ) %}
        {% endif %}
    {% endif %}
{% endmacro %}
