"""What the mock must say, written down a second time on purpose: the judge of
the answers shares nothing with the program that gives them."""

import json
import re

import anthropic
import openai

STAMPED = "stamped"
PUBLISHED = "published-2026-06"

MODEL = "gpt-4o-mini"
PROMPT = "Say hello for a benchmark test."

PUBLISHED_TEXT = (
    "This is a benchmark response from the mock backend server. It contains enough text to be "
    "representative of a typical short AI response that would be returned in production use cases."
)
STAMPED_TEXT = (
    "A gateway sits between every client and its model, as a café stands between the street and "
    "the kitchen: each order passes through it, and each pays a small toll 🚦 twice. "
)
STAMP = re.compile(r"\[i=(\d{5}) r=(\d{19}) s=(\d{19})\]")

THOUGHTS = "A toll is paid at each péage."
REFUSAL = "I’m sorry, but I cannot help with that."

FUNCTION = "weather"
ARGUMENTS = {"city": "Orléans", "n": 1}
FOREIGN_ARGUMENTS = {"città": "Orléans 🚦", "数": {"é": 1}}
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "n": {"type": "integer"}},
    "required": ["city", "n"],
    "additionalProperties": False,
}
# What makes a provider believe that thoughts are its own.
SIGNATURE = "dG9sbGdhdGUtc2lnbmF0dXJl"

OPENAI_ERRORS = [
    (401, openai.AuthenticationError),
    (404, openai.NotFoundError),
    (429, openai.RateLimitError),
    (503, openai.InternalServerError),
]
ANTHROPIC_ERRORS = [
    (401, anthropic.AuthenticationError),
    (404, anthropic.NotFoundError),
    (429, anthropic.RateLimitError),
    (529, anthropic.APIStatusError),
]
# What a client must not notice.
HARMLESS = [
    "one-byte-writes",
    "several-events-in-one-write",
    "split-utf8",
    "crlf",
    "comments",
]


def check_text(text, preset=STAMPED, *, streamed):
    """The text is the preset's, and where it is stamped, the stamps are in
    order and were filled: received before sent."""
    if preset == PUBLISHED:
        assert text == PUBLISHED_TEXT
        return
    assert STAMP.sub("", text) == STAMPED_TEXT
    stamps = [tuple(map(int, stamp)) for stamp in STAMP.findall(text)]
    assert [index for index, _, _ in stamps] == list(range(32 if streamed else 1))
    assert all(0 < received <= sent for _, received, sent in stamps)
    assert stamps == sorted(stamps, key=lambda stamp: stamp[2])


def check_arguments(arguments):
    assert json.loads(arguments) == ARGUMENTS
