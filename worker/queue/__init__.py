"""Lanes on Redis Streams: reading, leasing, settling, delaying and burying entries, one Lua verb per file."""
