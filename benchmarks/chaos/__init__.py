"""Faults on purpose: real workers, real servers, and a judge outside of both. The soak and the tests share it."""
