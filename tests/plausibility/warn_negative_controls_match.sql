-- A figure of another concept does not match ours: if it does, one of the two
-- is not what we believe.
{{ config(severity='warn') }}

select
    figure_id,
    territory_codes,
    figure,
    measured,
    published_by
from {{ ref('fct_reconciliation_figures') }}
where usage = 'negative_control' and verdict = 'matches'
