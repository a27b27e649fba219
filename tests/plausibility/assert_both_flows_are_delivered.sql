-- A quarter comes with its imports and its exports: of one flow alone, no
-- balance can be said. The var allow_missing_flow makes this a warning.
{{ config(
    severity='warn' if var('allow_missing_flow') else 'error',
    meta={
        'remedy': 'deliver the other flow, or let it pass with --vars '
        ~ '"allow_missing_flow: true"'
    }
) }}

select
    year,
    quarter,
    case max(flow) when 'import' then 'export' else 'import' end
        as missing_flow,
    max(vintage) as vintage,
    max(source_file) as source_file
from {{ ref('int_periods_selected') }}
group by year, quarter
having count(*) < 2
