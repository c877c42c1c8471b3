"""Scripts that run the peers, each with the interpreter of its own environment."""
