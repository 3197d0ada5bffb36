"""Benchmarks: `make bench`. Each figure stands beside a baseline of the same run; they are never tests."""
