"""マスタ登録ツール — the masters of a body as one workbook, out and in.

`nouns` says which sheets and columns there are, `cells` how one value is written and read, `policies` how the
documents of the policies become rows, `writing` and `reading` deal with the file, `whole` puts sheets and rows
together, `checks` looks at the masters as a whole, `differences` sets two of them side by side.
Masters are plain data everywhere: noun → key → row.
"""
