"""How well the router does: its demo, suites, gates and benchmarks. Uses only the public `router`."""
