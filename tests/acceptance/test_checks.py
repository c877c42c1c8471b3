"""``validate`` with the shipped daemon: values that are there, borne out or contradicted by the outside world."""

import orjson

from tests.acceptance.town import Town


async def test_values_are_checked_by_whoever_can(town: Town) -> None:
    """A wrong typed value is contradicted and stands, a right one is confirmed; the second time it costs nothing."""
    await town.start()
    entry = {
        "url": "http://acme.example",
        "type": "company_website",
        "requiredFields": "company_name,company_size",
        "known": orjson.dumps({"company_size": "5001-10000", "company_city": "Portland"}).decode(),
        "validate": "true",
    }
    first = await town.run(**entry)
    checks = {check["field"]: check for check in first["checks"]}
    assert checks["company_size"]["verdict"] == "contradicted"
    assert first["data"]["company_size"]["value"] == "5001-10000"
    assert first["data"]["company_size"]["conflicts"]
    assert checks["company_city"]["verdict"] in ("confirmed", "contradicted")
    assert checks["company_city"]["said"]
    assert first["costs"]["total"] > 0
    await town.quiet()
    again = await town.run(**entry)
    assert again["costs"]["total"] == 0
    assert {check["field"]: check["verdict"] for check in again["checks"]}["company_size"] == "contradicted"
    plain = await town.run(**{**entry, "validate": "false"})
    assert "checks" not in plain
