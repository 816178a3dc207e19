"""Answers by a schema."""

import pydantic
import pytest
from expected import ARGUMENTS, PROMPT, SCHEMA

from gateway import upstream
from gateway.clients.chat import Chat
from gateway.clients.responses import Responses


class Place(pydantic.BaseModel):
    city: str
    n: int


class ForeignPlace(pydantic.BaseModel):
    città: str
    数: dict[str, int]


FOREIGN_SCHEMA = {
    "type": "object",
    "properties": {"città": {"type": "string", "description": "où ? 🚦"}},
    "required": ["città"],
    "additionalProperties": False,
}


@pytest.mark.parametrize("schema", [SCHEMA, FOREIGN_SCHEMA], ids=["schema", "foreign"])
def test_the_schema_arrives(client, model, provider, log, streamed, schema):
    client.ask(model, [client.user(PROMPT)], streamed, schema=schema)
    assert upstream.read(provider, log.last_body()).schema == schema


def test_the_answer_is_parsed(client, model, streamed):
    place = client.parse(model, [client.user("[[json]]")], Place, streamed)
    assert place == Place(**ARGUMENTS)


def test_keys_outside_ascii(client, model, streamed):
    turns = [client.user("[[json]] [[foreign keys]]")]
    said = client.ask(model, turns, streamed, schema=FOREIGN_SCHEMA)
    place = ForeignPlace.model_validate_json(said.text)
    assert (place.città, place.数) == ("Orléans 🚦", {"é": 1})


@pytest.mark.parametrize("any_client", [Chat, Responses], indirect=True)
def test_by_way_of_a_function(any_client, streamed):
    """Models of Claude that know no schemas are made to call a function of that shape."""
    turns = [any_client.user(PROMPT)]
    place = any_client.parse("messages/claude-sonnet-4-20250514", turns, Place, streamed)
    assert place == Place(**ARGUMENTS)
