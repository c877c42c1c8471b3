"""The catalogue of fields: name, type, normaliser, freshness. See ``catalogue`` for the list."""

from worker.domain.fields.catalogue import FIELDS, IDENTIFIERS, field_names
from worker.domain.fields.field import NO_CONTEXT, Context, Field, InvalidValue

__all__ = ["FIELDS", "IDENTIFIERS", "NO_CONTEXT", "Context", "Field", "InvalidValue", "field_names"]
