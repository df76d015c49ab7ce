"""What predictions were worth: pure functions of arrays, numpy only.

`classification` measures choices among labels, `ranking` how well a number
tells two kinds apart, `selection` what may be answered at which risk,
`calibration` whether probabilities are as good as they say, and `arguments`
what a call was given. `intervals` says how far a measurement can be trusted,
`comparison` whether two of them differ. Where there is nothing to measure the
answer is None: not measured is never zero. Numbers hold no NaN, and arrays
that belong together have the same length.
"""
