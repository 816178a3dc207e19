"""The official clients, each behind the same few words, so that one test holds for all of them.

A client has
- `dialect`, and `errors`, the module of its SDK;
- `user(text)`, a turn; `results(pairs)`, the turns that answer calls;
- `ask(model, turns, streamed=…, **wishes)`: what was `Said`, by way of the SDK's own helper where
  it is streamed;
- `events(model, turns, **wishes)`: the SDK's bare stream;
- `parse(model, turns, shape, streamed=…)`: an answer of a pydantic class, by the SDK's parser.

Wishes are `system`, `tools` (names), `force` (one of them), `one_at_a_time`, `thinking`, `schema`
and whatever the SDK's method takes.
"""

import dataclasses
from typing import Any


@dataclasses.dataclass
class Call:
    """A call of a function."""

    id: str
    name: str
    arguments: Any


@dataclasses.dataclass
class Said:
    """An answer, in whichever dialect it came."""

    text: str
    # stop, tools, refusal or filter.
    end: str
    # Input with what was cached, what was cached of it, output.
    usage: tuple[int, int, int]
    calls: list[Call]
    refusal: str | None
    thoughts: str | None
    # What the client adds to its conversation, as its documentation says to.
    turns: list[Any]


def recorder(sent):
    """What puts each request's body into `sent`."""

    def record(request):
        sent.append(request.read())

    return {"request": [record]}
