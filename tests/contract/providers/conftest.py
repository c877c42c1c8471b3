"""Hypothesis without its deadline: the first example pays for imports, and the machine is shared."""

from hypothesis import settings

settings.register_profile("shared-machine", deadline=None)
settings.load_profile("shared-machine")
