"""Rules of proof: how a value follows from a quote. ``rules`` is the table; the others hold what it names."""
