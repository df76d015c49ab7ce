"""A declaration in the words that an utterance might share with it.

A sentence encoder was trained on sentences, not on `AddAlarm(new_alarm_time)`.
Each declaration is therefore worded several ways, and its vector is the
weighted sum of theirs. The wordings and weights were chosen on the training
services of Schema-Guided Dialogue; `evals/declarations.py` repeats the choice.
"""

from __future__ import annotations

import re

from router.declarations import Tool

EMBEDDED_WEIGHTS = {"name": 0.40, "wish": 0.95, "holes": 0.95}
"""How much each wording adds to a declaration's embedded vector."""

SKETCHED_WEIGHT = 0.8
"""How much the sketch of all wordings adds."""


def wordings(tool: Tool) -> dict[str, str]:
    """Return the wordings of a declaration, keyed as in `EMBEDDED_WEIGHTS`.

    >>> wordings(Tool("AddAlarm", "Set a new alarm."))
    {'name': 'add alarm', 'wish': 'i want to set a new alarm', 'holes': 'add alarm'}
    """
    name = in_words(tool.name)
    description = tool.description.strip().rstrip(".")
    wish = f"i want to {description[:1].lower()}{description[1:]}"
    parameters = tool.parameter_list
    if parameters:
        wish += f" with {', '.join(in_words(parameter.name) for parameter in parameters)}"
    holes = ". ".join(parameter.description.strip().rstrip(".") for parameter in parameters if parameter.description)
    return {"name": name, "wish": wish, "holes": holes or name}


def in_words(name: str) -> str:
    """Split an identifier into lower-case words.

    >>> in_words("Alarm_1.GetHTTPAlarms"), in_words("set_alarm"), in_words("play-media")
    ('alarm 1 get http alarms', 'set alarm', 'play media')
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return " ".join(re.split(r"[\s._/-]+", spaced)).strip().lower()
