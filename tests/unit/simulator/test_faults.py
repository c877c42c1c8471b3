"""Which request meets which fault."""

import pytest

from simulator.door import spoil
from simulator.faults import KINDS, Fault, FaultPlan, wrong_types
from simulator.wire import json_reply

WHERE = {"provider": "pdl", "operation": "person.enrich", "account": "a", "text": "email=ada@acme.example"}


def test_a_rule_waits_for_its_turn_and_ends() -> None:
    """``after`` requests pass, ``times`` are hit, the rest pass again."""
    plan = FaultPlan([Fault("429", provider="pdl", operation="person.*", after=2, times=3)])
    hits = [plan.choose(WHERE) is not None for _ in range(8)]
    assert hits == [False, False, True, True, True, False, False, False]


@pytest.mark.parametrize(
    "rule",
    [
        Fault("500", provider="hunter"),
        Fault("500", operation="company.*"),
        Fault("500", account="b"),
        Fault("500", host="*.example"),
        Fault("500", match="bob@"),
    ],
)
def test_a_rule_for_something_else_does_not_hit(rule: Fault) -> None:
    """Each pattern alone keeps a rule from a request that it does not speak of."""
    assert FaultPlan([rule]).choose(WHERE) is None


def test_the_rate_is_kept_and_the_seed_repeats_it() -> None:
    """One in ten goes wrong, and the same seed gives the same bad day."""
    plans = [FaultPlan(rate=0.1, seed=7) for _ in range(2)]
    kinds = [[fault.kind if (fault := plan.choose(WHERE)) else "" for _ in range(3000)] for plan in plans]
    assert kinds[0] == kinds[1]
    assert 200 < sum(1 for kind in kinds[0] if kind) < 400


def test_sites_take_no_part_in_the_general_rate() -> None:
    """Pages fail by rule only, so that a fault rate speaks of paid calls."""
    assert FaultPlan(rate=1.0).choose({"provider": "site"}, by_rate=False) is None


def test_a_header_sets_a_fault_for_one_request() -> None:
    """The header's words are read; unknown ones are refused."""
    fault = FaultPlan().choose(WHERE, "5xx; status=502; seconds=1.5")
    assert fault is not None
    assert (fault.kind, fault.status, fault.seconds) == ("5xx", 502, 1.5)
    with pytest.raises(ValueError, match="unknown fault"):
        Fault.from_header("nonsense")
    with pytest.raises(ValueError, match="unknown in a fault"):
        Fault.from_json({"kind": "429", "colour": "red"})


def test_spoilt_replies_differ_from_the_true_one() -> None:
    """Each kind that spoils a body changes it and keeps what was charged."""
    reply = json_reply({"status": 200, "names": ["a", "b"], "size": 7})
    for kind in ("truncated", "wrong_json", "wrong_types", "empty"):
        assert spoil(reply, kind).body != reply.body, kind
        assert spoil(reply, kind).charges == reply.charges
    assert spoil(reply, "cut") == reply


def test_wrong_types_leaves_no_leaf_of_its_type() -> None:
    """Numbers become text, text becomes lists, nulls and booleans become numbers."""
    assert wrong_types({"a": 1, "b": None, "c": True, "d": "x"}) == {"a": "1", "b": 7, "c": 7, "d": ["x"]}


def test_every_kind_is_known_on_one_side_only() -> None:
    """A fault happens before the provider's work or after it."""
    assert {Fault(kind).spoils for kind in ("429", "timeout", "reset")} == {False}
    assert {Fault(kind).spoils for kind in ("cut", "lost", "drip")} == {True}
    assert "cut" in KINDS
