"""Two jobs about one company by different keys: in either order the second finds what the first one bought."""

from tests.acceptance.town import Town

WEBSITE = {"type": "company_website", "requiredFields": "company_name,company_industry,company_size"}
LINKEDIN = {"type": "company_linkedin", "requiredFields": "company_name,company_domain,company_industry"}


async def test_the_order_of_two_jobs_changes_who_pays_not_what(town: Town) -> None:
    """By domain and then by LinkedIn page, or the other way round: one paid lookup, charged to whoever came first. (At
    the same moment each asks by its own key: that both are one company is only in the answers.)"""
    await town.start()
    by_domain = {name: {"url": f"http://{name}.example", **WEBSITE} for name in ("acme", "acme-tools")}
    slugs = {"acme": "acme-planning-example", "acme-tools": "acme-tools-example"}
    by_page = {name: {"url": f"https://www.linkedin.com/company/{slug}", **LINKEDIN} for name, slug in slugs.items()}
    orders = [(by_domain["acme"], by_page["acme"]), (by_page["acme-tools"], by_domain["acme-tools"])]
    for first, second in orders:
        costs = [(await town.row(await town.add(**entry)))["cost_micros"] for entry in (first, second)]
        assert costs == [280_000, 0]
    assert town.asked()["pdl"] == 2
