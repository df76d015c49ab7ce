"""A device needs numpy, onnxruntime and tokenizers to route, and never the network."""

import subprocess
import sys
from pathlib import Path

import pytest

from router import Router

ROOT = Path(__file__).parents[1]
TRAINING = {"sklearn", "scipy", "torch", "transformers", "sentence_transformers", "joblib", "threadpoolctl"}
AUTHORING = {"jsonschema", "referencing", "yaml", "tqdm", "onnx", "platformdirs", "sqlite3", "safetensors"}
BACKENDS = {"onnxruntime", "tokenizers"}


@pytest.fixture(scope="module")
def bundle(shipped_router: Router, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("runtime") / "assistant.bundle"
    shipped_router.save(path)
    return path


def _run(program: str, *arguments: object) -> str:
    command = [sys.executable, "-W", "error", "-c", program, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _imported(program: str, *arguments: object) -> set[str]:
    return set(
        _run(f"{program}\nimport sys; print(*{{name.partition('.')[0] for name in sys.modules}})", *arguments).split()
    )


def test_importing_the_package_imports_neither_numpy_nor_a_backend() -> None:
    assert _imported("import router") & {"numpy", *TRAINING, *AUTHORING, *BACKENDS} == set()


def test_importing_the_router_imports_no_backend() -> None:
    imported = _imported("from router import Router")
    assert "numpy" in imported
    assert imported & (TRAINING | AUTHORING | BACKENDS) == set()


def test_logging_decisions_imports_nothing_that_routes() -> None:
    program = (
        "import os; from router import Abstain, DecisionLog, read_log; log = DecisionLog(os.devnull);"
        "log.write(Abstain('empty', utterance='', in_scope=0.0)); assert not log.dropped, log.failure"
    )
    assert _imported(program) & {"numpy", "pickle", *TRAINING, *AUTHORING, *BACKENDS} == set()


def test_dispatching_imports_nothing_that_routes_and_no_event_loop() -> None:
    program = (
        "from router import Dispatcher, Tool, ToolCall, ToolSet;"
        "tools = ToolSet((Tool('flip_coin', 'Flip a coin.'),));"
        "dispatcher = Dispatcher(tools, {'flip_coin': lambda: 'heads'});"
        "assert dispatcher.dispatch(ToolCall('flip_coin', utterance='', in_scope=1.0)).result() == 'heads'"
    )
    assert _imported(program) & {"numpy", "asyncio", "yaml", *TRAINING, *BACKENDS} == set()


def test_routing_from_a_bundle_imports_nothing_that_trains_or_checks(bundle: Path) -> None:
    program = (
        "import sys; from router import Conversation, Router, ToolCall; router = Router.load(sys.argv[1]);"
        "assert isinstance(router.route('set an alarm for six'), ToolCall);"
        "router.route_many(['set an alarm for six', 'hello'] * 20); router.explain('turn on the torch');"
        "conversation = Conversation(router); conversation.hear('text mum that i am late');"
        "assert isinstance(conversation.hear('yes'), ToolCall);"
        "from router import Shadow;"
        "from router import OUT_OF_SCOPE, Overlay; learnt = router.learn('give my brother a ring', 'make_call');"
        "Overlay(sys.argv[2] + '.jsonl').learn(learnt, 'set an alarm for six', OUT_OF_SCOPE).save(sys.argv[2]);"
        "router.without('set_alarm').with_tool(router.tools['set_alarm']).save(sys.argv[2])"
    )
    imported = _imported(program, bundle, bundle.with_name("saved.bundle"))
    assert imported >= BACKENDS
    assert imported & (TRAINING | AUTHORING) == set()


def test_routing_on_a_table_needs_no_onnx_runtime(tmp_path: Path) -> None:
    Router.from_specs(ROOT / "tool_specs/set_alarm.yaml", encoder="en-static").save(tmp_path / "bundle")
    program = "import sys; from router import Router; Router.load(sys.argv[1]).route('set an alarm for six')"
    assert _imported(program, tmp_path / "bundle") & BACKENDS == {"tokenizers"}


def test_every_process_decides_the_same(bundle: Path, shipped_router: Router) -> None:
    said = ["set an alarm for six", "who wrote hamlet", "play some jazz in the kitchen"]
    program = "import sys; from router import Router; print(Router.load(sys.argv[1]).route_many(sys.argv[2:]))"
    assert _run(program, bundle, *said) == repr(shipped_router.route_many(said))


NO_NETWORK = """
import socket, sys
def refuse(*args, **kwargs): raise AssertionError(f"network: {args}")
class Refused(socket.socket):
    __init__ = refuse
socket.socket = Refused
for name in ("create_connection", "getaddrinfo", "gethostbyname", "socketpair"):
    setattr(socket, name, refuse)
sys.addaudithook(lambda event, args: refuse(event, args) if event.startswith("socket.") else None)
"""


def test_compiling_loading_and_routing_never_touch_the_network(tmp_path: Path) -> None:
    program = f"""{NO_NETWORK}
from router import Router, ToolCall
Router.from_specs("tool_specs/set_alarm.yaml", "tool_specs/set_timer.yaml").save(sys.argv[1])
router = Router.load(sys.argv[1])
assert isinstance(router.route("set an alarm for six"), ToolCall)
router.route_many(["set an alarm for six"] * 40)
print("routed")
"""
    assert _run(program, tmp_path / "bundle") == "routed"


def test_the_network_would_be_noticed() -> None:
    for attempt in ("socket.socket()", "socket.getaddrinfo('localhost', 80)", "__import__('_socket').socket()"):
        with pytest.raises(AssertionError, match="AssertionError: network"):
            _run(f"{NO_NETWORK}\n{attempt}")
