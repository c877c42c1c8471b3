"""Measurements: throughput and latency beside peers and a bare loop, and the long chaos runs."""
