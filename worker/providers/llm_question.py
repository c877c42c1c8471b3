"""The question put to a language model: prompt, schema and what makes two questions the same. All pure.

Outside text stands between fences that bear a code computed from the text itself, so that nothing inside can close
them and equal evidence makes an equal question.
"""

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Template
from typing import Any, Final

from worker.domain.subject import Subject
from worker.providers.llm_packing import Excerpt

EXTRACT: Final = "extract.v1"
VALIDATE: Final = "validate.v1"
_HINTS: Final = "fields.v1"
_LONGEST_KNOWN: Final = 120
#: Identifiers that say which company or person is meant.
_TELLING: Final = (
    "company_name", "company_domain", "company_website", "company_city", "company_country",
    "person_name", "person_email", "person_linkedin_url", "person_company_name", "person_company_domain",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, without model and account. ``schema`` is JSON Schema for the answer."""

    version: str
    system: str
    user: str
    schema: Mapping[str, Any]
    max_tokens: int

    def identity(self, model: str) -> str:
        """The canonical text of the question: prompt version, model and a hash of everything sent."""
        everything = json.dumps([self.system, self.user, self.schema, self.max_tokens], sort_keys=True)
        return f"{self.version} {model} {hashlib.sha256(everything.encode('utf-8', 'replace')).hexdigest()[:40]}"

    def most_prompt_tokens(self) -> int:
        """An upper bound of the prompt's tokens: no tokenizer in use makes more tokens than UTF-8 bytes.

        The schema is counted twice and 600 tokens are added for what vendors put around a structured answer.
        """
        text = len(self.system.encode("utf-8", "replace")) + len(self.user.encode("utf-8", "replace"))
        return text + 2 * len(json.dumps(self.schema)) + 600


@dataclass(frozen=True, slots=True)
class Prompt:
    """A versioned prompt file: instructions, a template, and a hint per field."""

    version: str
    system: str
    template: Template
    hints: Mapping[str, str]


@cache
def prompt(version: str) -> Prompt:
    """Read a prompt file of this package, instructions and template divided by a ``---`` line, and the hints."""
    system, template = re.split(r"^---\n", _file(version), flags=re.MULTILINE)
    pairs = (line.partition(":") for line in _file(_HINTS).strip().splitlines())
    return Prompt(version, system.strip(), Template(template.strip()), {name: hint.strip() for name, _, hint in pairs})


def _file(name: str) -> str:
    return resources.files("worker.providers").joinpath("prompts", f"{name}.md").read_text("utf-8")


def schema_for(fields: Collection[str], pages: int) -> dict[str, Any]:
    """The answer's JSON Schema, in the subset that all vendors take: a list of facts, every key required."""
    fact = {
        "type": "object",
        "properties": {
            "field": {"type": "string", "enum": sorted(fields)},
            "value": {"type": "string"},
            "quote": {"type": "string"},
            "page": {"type": "integer", "enum": list(range(1, pages + 1))},
        },
        "required": ["field", "value", "quote", "page"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"facts": {"type": "array", "items": fact}},
        "required": ["facts"],
        "additionalProperties": False,
    }


def extract_question(
    subject: Subject, fields: Collection[str], excerpts: Sequence[Excerpt], max_tokens: int
) -> Question:
    """The question for the wanted fields of a subject over excerpts of pages."""
    hints = prompt(EXTRACT).hints
    lines = [f"- {name}: {hints.get(name, name)}" for name in sorted(fields)]
    return _question(EXTRACT, subject, fields, lines, excerpts, max_tokens)


def validate_question(
    subject: Subject, values: Mapping[str, str], excerpts: Sequence[Excerpt], max_tokens: int
) -> Question:
    """The question whether the pages bear out given values; they are shown as JSON texts, cut at 200 characters."""
    hints = prompt(VALIDATE).hints
    lines = [
        f"- {name} ({hints.get(name, name)}): {json.dumps(' '.join(values[name].split())[:200], ensure_ascii=False)}"
        for name in sorted(values)
    ]
    return _question(VALIDATE, subject, values.keys(), lines, excerpts, max_tokens)


def _question(
    version: str,
    subject: Subject,
    fields: Collection[str],
    lines: Sequence[str],
    excerpts: Sequence[Excerpt],
    max_tokens: int,
) -> Question:
    used = prompt(version)
    fence = fence_for([part for excerpt in excerpts for part in (excerpt.url, excerpt.text)])
    documents = "\n\n".join(_fenced(excerpt, fence) for excerpt in excerpts)
    user = used.template.substitute(
        entity=subject.entity.value,
        known=_known(subject),
        fields="\n".join(lines),
        count=len(excerpts),
        fence=fence,
        documents=documents,
    )
    pages = max((excerpt.number for excerpt in excerpts), default=1)
    return Question(used.version, used.system, user, schema_for(fields, pages), max_tokens)


def _fenced(excerpt: Excerpt, fence: str) -> str:
    tag = f'document-{fence} number="{excerpt.number}" url="{_attribute(excerpt.url)}"'
    return f"<{tag}>\n{excerpt.text}\n</document-{fence}>"


def fence_for(texts: Sequence[str]) -> str:
    """Twelve hex digits that stand in none of the texts and depend on nothing else than them."""
    digest = hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()
    while any(digest[:12] in text for text in texts):
        digest = hashlib.sha256(digest.encode()).hexdigest()
    return digest[:12]


def _attribute(url: str) -> str:
    return re.sub(r"[\s\"<>]", "_", url)[:300]


def _known(subject: Subject) -> str:
    known = {name: value for name in _TELLING if (value := subject.get(name))}
    squeezed = {name: " ".join(str(value).split())[:_LONGEST_KNOWN] for name, value in known.items()}
    return json.dumps(squeezed, ensure_ascii=False)
