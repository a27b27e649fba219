{%- set versions = ['value', 'without_energy', 'without_largest_cell'] -%}

with members as (
    select
        *,
        rank is not null as is_named
    from {{ ref('int_member_versions_summed') }}
),

summed as (
    select
        year,
        territory_level,
        territory_code,
        flow,
        dimension,
        cast(count(*) filter (where is_named and value_eur > 0) as integer)
            as named_members,
        sum(value_eur) filter (where rank <= 1) as top_1_eur,
        sum(value_eur) filter (where rank <= 3) as top_3_eur,
        sum(value_eur) filter (where rank <= 5) as top_5_eur,
    {%- for version in versions %}
    sum({{ version }}_eur) as {{ version }}_eur,
    coalesce(sum({{ version }}_eur) filter (where not is_named), 0)
        as {{ version }}_unspecified_eur,
    coalesce(sum(
        {{ exact(version ~ '_eur') }} * {{ version }}_eur
        ) filter (where is_named), 0) as {{ version }}_squares
    {{- "," if not loop.last }}
    {%- endfor %}
    from members
    group by all
),

measured as (
    select
        *,
        named_members
        + case when value_unspecified_eur > 0 then 1 else 0 end as members,
        {%- for version in versions %}
        {{ herfindahl(
            version ~ '_squares',
            version ~ '_eur',
            version ~ '_unspecified_eur'
        ) }} as hhi_of_{{ version }},
        {%- endfor %}
        {{ herfindahl('value_squares', 'value_eur') }} as hhi_min
    from summed
)

select
    year,
    territory_level,
    territory_code,
    flow,
    dimension,
    cast(members as integer) as members,
    {{ share('value_unspecified_eur', 'value_eur') }} as unspecified_share,
    hhi_min,
    hhi_of_value as hhi_max,
    1 / nullif(hhi_of_value, 0) as equivalent_number,
    case
        when members > 1
            then (hhi_of_value - 1e0 / members) / (1 - 1e0 / members)
    end as hhi_normalised,
    coalesce({{ share('top_1_eur', 'value_eur') }}, 0) as top_1_share,
    coalesce({{ share('top_3_eur', 'value_eur') }}, 0) as top_3_share,
    coalesce({{ share('top_5_eur', 'value_eur') }}, 0) as top_5_share,
    hhi_of_without_energy as hhi_max_without_energy,
    hhi_of_without_largest_cell as hhi_max_without_largest_cell
from measured
where value_eur > 0
