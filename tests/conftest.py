"""Options and fixtures that all tests share."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from router import Router, ToolSet
from router.declarations import load, loads
from router.encoders import HashingEncoder
from router.training import train

pytest_plugins = ["pytester"]

settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")

TOOL_SPECS = Path(__file__).parents[1] / "tool_specs"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite golden files; review them with git diff")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with `golden/NAME` beside the test, or write it there under `--update-golden`."""

    def check(name: str, text: str) -> None:
        file = Path(request.path).parent / "golden" / name
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        assert file.is_file(), f"{file} is missing. Write it with --update-golden."
        assert text == file.read_text(encoding="utf-8")

    return check


@pytest.fixture(scope="session")
def everyday() -> ToolSet:
    """Five tools that even an encoder without meanings can tell apart."""
    return loads(_EVERYDAY)


@pytest.fixture(scope="session")
def everyday_router(everyday: ToolSet) -> Router:
    """Those tools, on the hashing encoder."""
    return train(everyday, HashingEncoder())


@pytest.fixture(scope="session")
def shipped_tools() -> ToolSet:
    """What `tool_specs/` declares."""
    return load(TOOL_SPECS)


@pytest.fixture(scope="session")
def shipped_router(shipped_tools: ToolSet) -> Router:
    """What `make demo` shows: those tools, on the encoder that ships. Takes seconds."""
    return train(shipped_tools)


_EVERYDAY = """
- name: set_alarm
  description: Set an alarm that wakes the user.
  parameters: {type: object, properties: {time: {type: string, description: When it rings.}}, required: [time]}
  examples:
    - "wake me at {time: seven}"
    - "wake me up at {time: half past six}"
    - "set an alarm for {time: noon}"
    - "set my alarm to {time: 7:30}"
    - "alarm at {time: eight} please"
    - "i need an alarm at {time: nine}"
    - "please wake me {time: at dawn}"
    - "set alarm {time: six thirty}"
  counterexamples: [turn my alarm off, cancel the alarm at seven]
- name: play_music
  description: Play a song, an artist or an album.
  parameters: {type: object, properties: {music: {type: string, description: What to play.}}}
  examples:
    - "play some {music: jazz}"
    - "play {music: the beatles}"
    - "put on some {music: music}"
    - "play a song by {music: prince}"
    - "i want to hear {music: mozart}"
    - "play my {music: workout playlist}"
    - "play music"
    - "play the album {music: thriller}"
- name: send_message
  description: Send a text message to a contact.
  parameters:
    type: object
    properties:
      person: {type: string, description: Who gets it.}
      app: {type: string, description: Where it is sent., enum: [sms, chat]}
    required: [person]
  confirm: always
  examples:
    - "send a message to {person: mum}"
    - "text {person: anna} that i am late"
    - "message {person: bob} hello"
    - "send {person: my boss} a text"
    - "write a text message to {person: dad}"
    - "text {person: jim}"
    - "send a text to {person: the team}"
    - "message my {person: sister} good night"
  counterexamples: [read my last text message]
- name: get_weather
  description: Tell the weather forecast.
  examples:
    - "what is the weather like"
    - "will it rain tomorrow"
    - "weather forecast for paris"
    - "is it going to rain"
    - "how is the weather today"
    - "do i need an umbrella for the rain"
    - "weather please"
    - "will the weather be sunny"
- name: flip_coin
  description: Flip a coin.
---
out_of_scope:
  - hello there
  - who wrote hamlet
  - tell me a joke
  - you are funny
  - what is love
  - how tall is everest
  - i am bored
  - thank you so much
  - open the garage door
  - feed the cat
  - good morning to you
  - who won the match last night
  - my knee hurts
  - book a table for two
  - order a pizza
  - what is two plus two
  - sing with me
  - where are my keys
  - close the window
  - do fish sleep
  - i love you
  - never mind
  - fold the laundry
  - name three rivers
"""
