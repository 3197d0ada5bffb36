"""条件と計算の式 — a small typed language as JSON trees, without text to run: see operators.OPERATORS."""
