"""The host that an address names, by a quick look: most links need no more of it."""


def authority_of(href: str) -> str:
    """Host of an absolute address, in lower case, with user and port if it has them; empty for other addresses.

    >>> authority_of("HTTPS://www.Acme.example:80/a//b?c"), authority_of("//acme.example?d"), authority_of("/a//b")
    ('www.acme.example:80', 'acme.example', '')
    """
    scheme, slashes, rest = href.partition("//")
    if not slashes or (scheme and scheme.lower() not in {"http:", "https:"}):
        return ""
    authority = rest.partition("/")[0].lower()
    if "?" in authority or "#" in authority:
        authority = authority.partition("?")[0].partition("#")[0]
    return authority


def host_in(authority: str) -> str:
    """The host of an authority, without user and port.

    >>> host_in("me@acme.example:80")
    'acme.example'
    """
    return authority.rpartition("@")[2].partition(":")[0]
