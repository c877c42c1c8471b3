"""Key names."""

from hypothesis import given
from hypothesis import strategies as st

from worker.domain.job import DEFAULT_WORKSPACE
from worker.queue.keys import Keys, job_name, parse_job_name


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_job_name_is_read_back(workspace: str, job_id: str) -> None:
    """Whatever the workspace and the id contain, the name leads back to them."""
    assert parse_job_name(job_name(workspace, job_id)) == (workspace, job_id)


@given(st.text(), st.text())
def test_a_workspace_cannot_reach_into_the_default_one(workspace: str, job_id: str) -> None:
    """No id of another workspace makes a name of the default workspace."""
    if workspace != DEFAULT_WORKSPACE:
        assert ":" in job_name(workspace, job_id)
        assert ":" not in job_name(DEFAULT_WORKSPACE, job_id)


def test_keys_follow_the_queue_name() -> None:
    """All keys start with the queue's name, so that braces put them into one cluster slot."""
    keys = Keys("{enrichment}")
    assert keys.streams[2] == "{enrichment}-jobs"
    assert all(name.startswith("{enrichment}") for name in (keys.dead, keys.delayed, keys.job("w", "1"), keys.paused))
