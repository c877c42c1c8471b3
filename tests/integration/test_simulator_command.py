"""``python -m simulator`` as another process."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import aiohttp

ROOT = Path(__file__).parents[2]


async def test_the_command_says_where_it_listens_and_ends_when_told(tmp_path: Path) -> None:
    """One JSON line, a working bill, exit code 0 on SIGTERM."""
    scenario = tmp_path / "bad day.json"
    scenario.write_text(json.dumps({"faults": [{"kind": "503", "provider": "serper", "times": 1}], "latency_ms": 1}))
    arguments = ["--companies", "5", "--limit", "pdl=2/60s", "--scenario", str(scenario)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        said = json.loads(await asyncio.wait_for(process.stdout.readline(), 20))
        url, key = said["env"]["PDL_BASE_URL"] + "/company/enrich", {"X-Api-Key": "key"}
        async with aiohttp.ClientSession() as client:
            statuses = []
            for _ in range(3):
                async with client.get(url, params={"website": "acme.example"}, headers=key) as response:
                    statuses.append(response.status)
            assert statuses == [200, 200, 429]
            async with client.post(
                said["env"]["SERPER_BASE_URL"] + "/search", json={"q": "x"}, headers=key
            ) as response:
                assert response.status == 503
            async with client.get(said["api"] + "/_sim/bill") as response:
                assert (await response.json())["total"]["rebilled"] == 1
            async with client.get(said["api"] + "/_sim/requests", params={"provider": "pdl"}) as response:
                assert [item["let_in"] for item in await response.json()] == [True, True, False]
    finally:
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_a_wrong_argument_is_named() -> None:
    """The command ends with a line that says what it did not understand."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", "--limit", "pdl", cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    _, told = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 2
    assert b"'pdl' is not name=value" in told
