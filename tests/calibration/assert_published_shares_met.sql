-- The simulated sample meets every published share of its years, to the
-- printed digit.
{{ config(enabled=not uses_customs_dir()) }}

with published as (
    select * from {{ ref('published_shares') }}
),

shares as (
    select
        year,
        territory_code,
        flow,
        'region' as dimension,
        region_share as share
    from {{ ref('fct_share_ratios') }}
    union all
    select
        year,
        territory_code,
        flow,
        'country' as dimension,
        france_share as share
    from {{ ref('fct_share_ratios') }}
),

partners as (
    select
        year,
        territory_code,
        flow,
        country_code,
        value_share as share
    from {{ ref('fct_rankings') }}
    where ranked_by = 'country'
),

years as (
    select distinct year
    from {{ ref('fct_territory_totals') }}
),

compared as (
    select
        published.*,
        100 * coalesce(shares.share, partners.share) as measured_pct
    from published
    inner join years
        on published.year = years.year
    left join shares
        on
            published.year = shares.year
            and published.territory_code = shares.territory_code
            and published.flow = shares.flow
            and published.dimension = shares.dimension
    left join partners
        on
            published.dimension = 'partner'
            and published.year = partners.year
            and published.territory_code = partners.territory_code
            and published.flow = partners.flow
            and published.member = partners.country_code
)

select *
from compared
where
    measured_pct is null
    or abs(measured_pct - share_pct) > half_unit_pct
