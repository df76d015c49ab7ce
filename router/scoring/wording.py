"""A declaration in the words that an utterance might share with it.

A sentence encoder was trained on sentences, not on `AddAlarm(new_alarm_time)`.
Each declaration is therefore worded several ways, and its vector is the
weighted sum of theirs. The wordings and weights were chosen on the training
services of Schema-Guided Dialogue, see `evals/NOTES.md`.
"""

from __future__ import annotations

import re

from router.declarations import Parameter, Tool


def wordings(tool: Tool) -> list[tuple[float, str]]:
    """Return the wordings of a declaration, each with what it counts for.

    >>> for weight, wording in wordings(Tool("AddAlarm", "Set a new alarm.")):
    ...     print(weight, wording)
    0.35 add alarm: set a new alarm
    0.75 the user wants to set a new alarm
    0.7 add alarm: set a new alarm
    0.3 add alarm
    0.6 add alarm
    """
    name = in_words(tool.name)
    described = tool.description.strip().rstrip(".")
    described = described[:1].lower() + described[1:]
    parameters = tool.parameter_list
    names = ", ".join(in_words(parameter.name) for parameter in parameters)
    holes = [parameter.description.strip().rstrip(".") for parameter in parameters if parameter.description.strip()]
    values = [value for parameter in parameters for value in _said_values(parameter)]
    return [
        (0.35, f"{name}: {described}"),
        (0.75, f"the user wants to {described}" + (f" and gives {names}" if names else "")),
        (0.70, ". ".join([f"{name}: {described}", *holes])),
        (0.30, " ".join([name, ", ".join(values)]).strip()),
        *((0.60 / len(holes), hole) for hole in holes),
        *([] if holes else [(0.60, name)]),
    ]


def _said_values(parameter: Parameter) -> list[str]:
    """Return the values of an enumeration that a person might say."""
    values = parameter.schema.get("enum", ())
    return [in_words(value) for value in values if isinstance(value, str) and not value.isdigit()][:10]


def in_words(name: str) -> str:
    """Split an identifier into lower-case words.

    >>> in_words("Alarm_1.GetHTTPAlarms"), in_words("set_alarm"), in_words("play-media")
    ('alarm 1 get http alarms', 'set alarm', 'play media')
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return " ".join(re.split(r"[\s._/-]+", spaced)).strip().lower()
