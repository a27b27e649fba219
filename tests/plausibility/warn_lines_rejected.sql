-- A few lines of the source files were refused; they are in rejected_lines.
{{ config(severity='warn') }}

select * from {{ ref('rejected_lines') }}
