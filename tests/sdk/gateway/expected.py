"""What must come back through the gateway, whatever the provider's dialect."""

import json
import re

PROMPT = "Say hello for a benchmark test. é 🚦"
TEXT = (
    "A gateway sits between every client and its model, as a café stands between the street and "
    "the kitchen: each order passes through it, and each pays a small toll 🚦 twice. "
)
STAMP = re.compile(r"\[i=(\d{5}) r=(\d{19}) s=(\d{19})\]")
THOUGHTS = "A toll is paid at each péage."
REFUSAL = "I’m sorry, but I cannot help with that."
FUNCTION = "weather"
ARGUMENTS = {"city": "Orléans", "n": 1}
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "n": {"type": "integer"}},
    "required": ["city", "n"],
    "additionalProperties": False,
}


def check_text(text, streamed=False):
    assert STAMP.sub("", text) == TEXT
    indices = [int(index) for index, _, _ in STAMP.findall(text)]
    assert indices == list(range(32 if streamed else 1))


def check_arguments(arguments):
    assert json.loads(arguments) == ARGUMENTS
