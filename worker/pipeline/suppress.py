"""What was erased does not come back by asking about somebody else: findings and claims without it. Pure."""

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from worker.domain.claim import Claim, Evidence
from worker.domain.erased_text import ANY, Holds, scrub
from worker.domain.finding import Finding
from worker.domain.page import Page
from worker.domain.subject import Entity
from worker.domain.suppression import keys_of_claim
from worker.pipeline.admit import Admitted
from worker.pipeline.run import Run


def without_suppressed(run: Run, finding: Finding, admitted: Admitted) -> tuple[Finding, Admitted]:
    """A finding and what was admitted of it, without addresses, numbers and names of whom was erased.

    About a person, names stay: there they are that person's own, a namesake's.
    """
    suppressed = run.tools.suppressed
    if suppressed is None:
        return finding, admitted

    def holds(keys: Iterable[str]) -> bool:
        return suppressed(run.job.workspace, keys)

    names = run.subject.entity is not Entity.PERSON
    texts = holds((ANY,))
    kept = [claim for claim in admitted.claims if not _barred(claim, holds, texts=texts, names=names)]
    gone = {claim.value for claim in admitted.claims} - {claim.value for claim in kept}
    admitted = replace(
        admitted,
        claims=tuple(_unproven(claim, holds, names=names) for claim in kept) if texts else tuple(kept),
        identifiers={name: value for name, value in admitted.identifiers.items() if value not in gone},
        refused={name: scrub(why, holds, names=names) for name, why in admitted.refused.items()}
        if texts
        else admitted.refused,
    )
    if texts:
        pages = tuple(_page(page, holds, names=names) for page in finding.pages)
        finding = msgspec.structs.replace(finding, reason=scrub(finding.reason, holds, names=names), pages=pages)
    return finding, admitted


def _barred(claim: Claim, holds: Holds, *, texts: bool, names: bool) -> bool:
    keys = keys_of_claim(claim)
    if keys and holds(keys):
        return True
    if not texts:
        return False
    values = claim.value if isinstance(claim.value, tuple) else (claim.value,)
    return any(isinstance(value, str) and scrub(value, holds, names=names) != value for value in values)


def _unproven(claim: Claim, holds: Holds, *, names: bool) -> Claim:
    """The claim with blots in its display and quotes; offsets stay true, because blots are as long as the text."""
    display = None if claim.display is None else scrub(claim.display, holds, names=names)
    evidence = tuple(_blotted(proof, holds, names=names) for proof in claim.evidence)
    same = display == claim.display and evidence == claim.evidence
    return claim if same else msgspec.structs.replace(claim, display=display, evidence=evidence)


def _blotted(proof: Evidence, holds: Holds, *, names: bool) -> Evidence:
    quote, url = scrub(proof.quote, holds, names=names), scrub(proof.url, holds, names=False)
    return proof if (quote, url) == (proof.quote, proof.url) else msgspec.structs.replace(proof, quote=quote, url=url)


def _page(page: Page, holds: Holds, *, names: bool) -> Page:
    text, title = scrub(page.text, holds, names=names), scrub(page.title, holds, names=names)
    return page if (text, title) == (page.text, page.title) else msgspec.structs.replace(page, text=text, title=title)
