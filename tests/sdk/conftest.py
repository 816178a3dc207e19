"""Starts the mock backend for the tests; run.sh says how to run them."""

import os
import pathlib
import subprocess

import anthropic
import openai
import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("MOCKBACKEND", REPOSITORY / "target/debug/mockbackend")

STAMPED = "stamped"
PUBLISHED = "published-2026-06"

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


@pytest.fixture(scope="session", params=[STAMPED, PUBLISHED])
def preset(request):
    return request.param


@pytest.fixture(scope="session")
def base_url(preset):
    """The address of a mock that answers as the preset says."""
    # What the official clients send, the strict mode must take.
    arguments = ["--strict"] if preset == STAMPED else ["--preset", preset]
    with subprocess.Popen(
        [BINARY, "--listen", "127.0.0.1:0", *arguments], stdout=subprocess.PIPE, text=True
    ) as mock:
        ready = mock.stdout.readline().strip()
        assert ready.startswith("listening on http://"), ready
        yield ready.removeprefix("listening on ")
        mock.terminate()
        assert mock.wait(timeout=5) == 0


@pytest.fixture(scope="session")
def openai_client(base_url):
    return openai.OpenAI(
        base_url=f"{base_url}/v1",
        api_key="sk-bench-test-key",
        max_retries=0,
        _strict_response_validation=True,
    )


@pytest.fixture(scope="session")
def anthropic_client(base_url):
    return anthropic.Anthropic(
        base_url=base_url,
        api_key="sk-bench-test-key",
        max_retries=0,
        _strict_response_validation=True,
    )
