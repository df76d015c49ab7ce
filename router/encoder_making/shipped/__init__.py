"""How the encoder that ships is made: `python -m router.encoder_making.shipped DATA OUT`.

`held_out` names what it never learns from, `material` reads what it learns from
(`written/` is our own part of that), `batches` puts that in company, `loss` says
what is learnt, and `run` is the whole. `table` makes the encoder that is a table of it.
"""
