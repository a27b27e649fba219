-- Every description of a mart or column has its French, once, and no French is
-- left whose English has changed. It reads the list alone, so that it stops the
-- build before the dictionary is made.
{{ config(
    meta={
        'remedy': 'write the text, and its French, in '
        ~ 'seeds/reference/descriptions_fr.csv; take out what is not used'
    }
) }}
{%- set texts = described_texts() if execute and not flags.EMPTY else [] %}

with described as (
    {{ rows_of_json(text_literal(tojson(texts)), {'description': 'string'}) }}
),

translated as (
    select * from {{ ref('int_descriptions_selected') }}
)

select distinct
    'it has no French' as reason,
    described.description as text
from described
left join translated
    on described.description = translated.description_en
where translated.description_fr is null
union all
select
    'no mart or column is described so' as reason,
    translated.description_en as text
from translated
left join described
    on translated.description_en = described.description
where described.description is null
union all
select
    'it stands there ' || count(*) || ' times' as reason,
    description_en as text
from translated
group by description_en
having count(*) > 1
