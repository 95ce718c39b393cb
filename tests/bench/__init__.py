"""Benchmarks: what an update, a start and the memory cost, beside bare echo bots. `python -m tests.bench --help`."""
