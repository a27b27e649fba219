with source as (
    select * from {{ ref('territory_sets') }}
),

-- A set of which only the first row says the name has it all the same.
named as (
    select
        set_code,
        customs_code,
        {%- for column in [
            'set_name_fr',
            'set_name_en',
            'name_in_sentence_fr',
            'genitive_fr',
            'locative_fr',
            'kind',
            'source',
        ] %}
    max({{ column }}) over (partition by set_code) as {{ column }}
    {{- "," if not loop.last }}
    {%- endfor %}
    from source
),

renamed as (
    select
        set_code as territory_code,
        customs_code,
        coalesce(set_name_fr, set_code) as territory_name,
        coalesce(set_name_en, set_name_fr, set_code) as territory_name_en,
        coalesce(
            name_in_sentence_fr,
            'l''ensemble ' || coalesce(set_name_fr, set_code)
        ) as name_with_article,
        coalesce(
            genitive_fr, 'de l''ensemble ' || coalesce(set_name_fr, set_code)
        ) as name_genitive,
        coalesce(
            locative_fr,
            'dans l''ensemble ' || coalesce(set_name_fr, set_code)
        ) as name_locative,
        kind,
        source as set_source
    from named
)

select * from renamed
