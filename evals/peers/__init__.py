"""Others side by side with this router, on the same data and, where they allow it, with the same encoder.

`protocol` says what a peer is, `registry` which there are, `tasks` what they are
asked and how that is scored, `trial` measures one of them in a process of its
own, `table` shows what was found. Peers are no dependency of the project: see
README.md in this folder.
"""
