"""Hypothesis strategies for JSON: what a provider could answer when it answers anything at all."""

from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["acme.example", "http://[", "https://acme.example/x", "\x00", "2011", "//", "@", "%00", "-"])
)


def json_values(names: Iterable[str] = ()) -> st.SearchStrategy[Any]:
    """Arbitrary JSON whose objects often use the given key names, so that deep places are reached."""
    keys = st.sampled_from(sorted(names)) | st.text(max_size=8) if names else st.text(max_size=8)
    return st.recursive(
        _SCALARS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=6),
        max_leaves=25,
    )


def keys_in(node: Any) -> set[str]:
    """All key names in a JSON value."""
    if isinstance(node, dict):
        return {key for name, value in node.items() for key in (name, *keys_in(value))}
    if isinstance(node, list):
        return {key for value in node for key in keys_in(value)}
    return set()


def spoiled(good: Any) -> st.SearchStrategy[Any]:
    """A good answer in which some values have become anything."""
    if isinstance(good, dict):
        return st.fixed_dictionaries({name: st.one_of(spoiled(value), _SCALARS) for name, value in good.items()})
    if isinstance(good, list):
        return st.tuples(*(spoiled(value) for value in good)).map(list) | _SCALARS
    return st.just(good) | _SCALARS
