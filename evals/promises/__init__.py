"""Whether a router keeps the limits that it promises, and what it makes of utterances near its domain.

`splits` draws what a router is trained on and what it is asked; `limits` counts
what it did, and says how much of an excess is chance; `everyday` asks utterances
of another distribution; `near_domain` asks about siblings of the tools;
`curve` is what limits and confidence cost; `table` writes it up.
"""
