"""Answers of Hunter that a relay hands in: who is believed, and for which question."""

import orjson
import pytest

from tests.support.planted import planted
from worker.domain.subject import Entity, Subject
from worker.providers.delivery import Delivered, Unbelieved, token_for
from worker.providers.hunter import Settings, build_call, questions
from worker.providers.hunter_delivery import delivered, signature, tokens_in

SECRET = planted("relay")


def subject(**known: str) -> Subject:
    return Subject(Entity.PERSON, "person:test", known)


def body(**params: str | None) -> bytes:
    return orjson.dumps({"data": {"status": "valid"}, "meta": {"params": params}})


@pytest.mark.parametrize(
    ("known", "wanted", "params"),
    [
        ({"person_email": "ada@acme.example"}, "person_email_status", {"email": "ada@acme.example"}),
        (
            {"person_first_name": "Ada", "person_last_name": "Ng", "person_company_domain": "acme.example"},
            "person_email",
            {"first_name": "Ada", "last_name": "Ng", "full_name": None, "domain": "acme.example", "company": None},
        ),
    ],
)
def test_the_answer_names_the_question(known: dict[str, str], wanted: str, params: dict[str, str | None]) -> None:
    """The parameters that an answer repeats lead to the same token as the question that was asked."""
    (question,) = questions(subject(**known), frozenset({wanted}))
    call = build_call(question, Settings(key="k"))
    token = token_for(SECRET, "hunter", call.operation, call.identity)
    raw = body(**params)
    assert tokens_in(raw, SECRET)[question.operation] == token
    told = delivered(raw, signature(raw, SECRET), token, SECRET)
    assert isinstance(told, Delivered)
    assert told.reply.body == raw


@pytest.mark.parametrize(
    ("raw", "signed", "secret"),
    [
        (body(email="ada@acme.example"), "", SECRET),
        (body(email="ada@acme.example"), signature(body(email="ada@acme.example"), "other"), SECRET),
        (body(email="ada@acme.example"), signature(body(email="eve@acme.example"), SECRET), SECRET),
        (body(email="eve@acme.example"), signature(body(email="eve@acme.example"), SECRET), SECRET),
        (body(email="ada@acme.example"), signature(body(email="ada@acme.example"), ""), ""),
        (b"[]", signature(b"[]", SECRET), SECRET),
        (b"\xff", signature(b"\xff", SECRET), SECRET),
        (b'{"meta": {"params": {"email": 7}}}', signature(b'{"meta": {"params": {"email": 7}}}', SECRET), SECRET),
    ],
)
def test_not_believed(raw: bytes, signed: str, secret: str) -> None:
    """No signature, another's, another body's, another question, no secret at all, no JSON: not taken."""
    token = token_for(SECRET, "hunter", "email-verifier", '{"email":"ada@acme.example"}')
    assert isinstance(delivered(raw, signed, token, secret), Unbelieved)
