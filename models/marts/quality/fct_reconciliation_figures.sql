{%- set parts = [
    ('own', 'import'),
    ('own', 'export'),
    ('whole', 'import'),
    ('whole', 'export'),
    ('previous', 'import'),
    ('previous', 'export'),
] -%}

with figures as (
    select * from {{ ref('stg_expectations__published_figures') }}
),

vintages as (
    select
        *,
        year * 4 + quarter - 1 as quarter_number
    from {{ ref('int_vintages_rolled_up') }}
),

members as (
    select
        *,
        year * 4 + quarter - 1 as quarter_number
    from {{ ref('int_quarter_members_rolled_up') }}
),

periods as (
    select
        *,
        year * 4 + quarter - 1 as quarter_number
    from {{ ref('int_periods_selected') }}
),

origin as (
    select * from {{ ref('int_origin_summed') }}
),

-- What a figure is made of: the territory itself, what it is a share of, and
-- the same quarters of the year before.
roles as (
    select
        figure_id,
        'own' as role,
        territory_codes,
        0 as shift
    from figures
    union all
    select
        figure_id,
        'whole' as role,
        of_territory_code as territory_codes,
        0 as shift
    from figures
    where kind = 'share_of_territory'
    union all
    select
        figure_id,
        'previous' as role,
        territory_codes,
        4 as shift
    from figures
    where kind = 'growth'
),

-- Each quarter in the latest vintage that was known when it was printed.
known as (
    select
        figures.figure_id,
        roles.role,
        vintages.flow,
        vintages.territory_code,
        vintages.quarter_number,
        vintages.value_eur
    from figures
    inner join roles
        on figures.figure_id = roles.figure_id
    inner join vintages
        on
            {{ is_among('vintages.territory_code', 'roles.territory_codes') }}
            and vintages.quarter_number
            between figures.first_quarter_number - roles.shift
            and figures.last_quarter_number - roles.shift
            and figures.known_until >= vintages.vintage
    qualify
        row_number() over (
            partition by
                figures.figure_id,
                roles.role,
                vintages.flow,
                vintages.territory_code,
                vintages.quarter_number
            order by vintages.vintage desc nulls last
        ) = 1
),

totals as (
    select
        figure_id,
    {%- for role, flow in parts %}
    coalesce(sum(value_eur) filter (
        where role = '{{ role }}' and flow = '{{ flow }}'
        ), 0) as {{ role }}_{{ flow }}_eur,
    count(distinct quarter_number) filter (
        where role = '{{ role }}' and flow = '{{ flow }}'
    ) as {{ role }}_{{ flow }}_quarters
    {{- "," if not loop.last }}
    {%- endfor %}
    from known
    group by figure_id
),

-- Members are kept in the current vintage alone.
of_members as (
    select
        figures.figure_id,
    {%- for flow in ['import', 'export'] %}
    coalesce(sum(members.value_eur) filter (
        where members.flow = '{{ flow }}'
        ), 0) as {{ flow }}_eur
    {{- "," if not loop.last }}
    {%- endfor %}
    from figures
    inner join members
        on
            figures.dimension = members.dimension
            and {{ is_among('members.member_code', 'figures.members') }}
            and {{ is_among(
                'members.territory_code', 'figures.territory_codes'
            ) }}
            and members.quarter_number
            between figures.first_quarter_number
            and figures.last_quarter_number
    group by figures.figure_id
),

newest as (
    select
        figures.figure_id,
        max(periods.vintage) as vintage
    from figures
    inner join periods
        on
            periods.quarter_number
            between figures.first_quarter_number
            and figures.last_quarter_number
    group by figures.figure_id
),

joined as (
    select
        figures.*,
        origin.data_origin,
        newest.vintage as current_vintage,
        coalesce(of_members.import_eur, 0) as member_import_eur,
        coalesce(of_members.export_eur, 0) as member_export_eur,
    {%- for role, flow in parts %}
    coalesce(totals.{{ role }}_{{ flow }}_eur, 0)
        as {{ role }}_{{ flow }}_eur,
        -- Every quarter of the figure, and the whole it is a share of.
    coalesce(
        totals.{{ role }}_{{ flow }}_quarters
        = figures.last_quarter_number - figures.first_quarter_number + 1,
        false
    ) as has_{{ role }}_{{ flow }}
    {{- "," if not loop.last }}
    {%- endfor %}
    from figures
    cross join origin
    left join totals
        on figures.figure_id = totals.figure_id
    left join of_members
        on figures.figure_id = of_members.figure_id
    left join newest
        on figures.figure_id = newest.figure_id
),

-- The amounts of the flow that the figure is about.
directed as (
    select
        *,
        {%- for part in ['own', 'whole', 'previous', 'member'] %}
        case flow
            when 'import' then {{ part }}_import_eur
            when 'export' then {{ part }}_export_eur
            else {{ part }}_export_eur - {{ part }}_import_eur
        end as {{ part }}_eur,
        {%- endfor %}
    {%- for part in ['own', 'whole', 'previous'] %}
    case flow
        when 'import' then has_{{ part }}_import
        when 'export' then has_{{ part }}_export
        else has_{{ part }}_import and has_{{ part }}_export
    end as has_{{ part }}
    {{- "," if not loop.last }}
    {%- endfor %}
    from joined
),

reasoned as (
    select
        *,
        case
            when data_origin = 'simulated' then 'simulated'
            when first_quarter_number is null or known_until is null
                then 'undated'
            when usage = 'trap' then 'misprinted'
            when dimension in ('zone', 'activity_and_country')
                then 'not_measured'
            when
                dimension <> 'total'
                and coalesce(current_vintage, '9999') > known_until
                then 'newer_vintage'
            when
                not has_own
                or (kind = 'share_of_territory' and not has_whole)
                or (kind = 'growth' and not has_previous)
                then 'not_known_then'
        end as not_compared_reason,
        case kind
            when 'amount'
                then cast(
                    case dimension when 'total' then own_eur else member_eur end
                    as double
                ) / 1000000
            when 'share_of_flow'
                then 100 * {{ share('member_eur', 'own_eur') }}
            when 'share_of_territory'
                then 100 * {{ share('own_eur', 'whole_eur') }}
            when 'growth'
                then 100 * {{ change_ratio('own_eur', 'previous_eur') }}
            when 'coverage'
                then 100 * {{ share('own_export_eur', 'own_import_eur') }}
        end as measured
    from directed
),

judged as (
    select
        *,
        case
            when not_compared_reason is null
                then measured - cast(figure as double)
        end as gap
    from reasoned
)

select
    figure_id,
    territory_codes,
    first_quarter,
    last_quarter,
    flow,
    kind,
    dimension,
    members,
    of_territory_code,
    unit,
    cast(figure as double) as figure,
    cast(half_unit as double) as half_unit,
    case when not_compared_reason is null then measured end as measured,
    gap,
    case
        when not_compared_reason is not null then 'not_compared'
        -- A little more, for the rounding of a double.
        when abs(gap) <= cast(half_unit as double) + 0.000001 then 'matches'
        else 'differs'
    end as verdict,
    not_compared_reason,
    usage,
    known_until,
    scope,
    remark,
    published_by
from judged
