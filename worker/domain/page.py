"""Pages: the visible text of a fetched document, as later stages may read and quote it."""

import msgspec


class Page(msgspec.Struct, frozen=True, gc=False):
    """One document as a reader would see it.

    ``text`` is the visible text rendering: what is hidden from readers is not in it. Offsets of evidence count its
    code points. ``rendering`` names the version of the code that made it and ``page_hash`` the bytes it was made
    from, so that a quote can be found again. ``title`` is the document's own title, not part of ``text``.
    """

    url: str
    text: str
    title: str = ""
    page_hash: str = ""
    rendering: str = ""
