"""The gateway before the mock, which is a provider of each dialect: every test that takes a
`client` and a `model` is made with each of the three clients before each of the four."""

import json
import re
import time
import urllib.request

import programs
import pytest
from expected import MODEL

from gateway.clients.chat import Chat
from gateway.clients.messages import Messages
from gateway.clients.responses import Responses

# Where each dialect is served.
PROVIDERS = {"chat": "/v1", "responses": "/v1", "messages": "", "gemini": "/v1beta"}


@pytest.fixture(scope="session")
def mock():
    """The address of a mock that refuses what real providers refuse."""
    with programs.mock("--strict", "--journal") as url:
        yield url


@pytest.fixture(scope="session")
def gateway(mock, tmp_path_factory):
    """The address of the gateway, which has the mock for each provider."""
    # Many failures in a row are what some tests are about.
    lines = ["[retries]", "max = 0", "[breaker]", "failures = 0"]
    for dialect, path in PROVIDERS.items():
        provider = [f'dialects = ["{dialect}"]', f'base_url = "{mock}{path}"']
        lines += [f"[providers.{dialect}]", *provider]
        # The same, of which nobody has the patience to wait for an answer.
        lines += [f"[providers.hasty-{dialect}]", *provider, 'api_key_env = "PROVIDER_KEY"']
        lines += ['timeouts = { first_byte = "150ms", idle = "150ms" }']
    config = tmp_path_factory.mktemp("gateway") / "gateway.toml"
    config.write_text("\n".join(lines) + "\n")
    with programs.gateway(config) as url:
        yield url


@pytest.fixture(params=PROVIDERS)
def provider(request):
    """The dialect of the provider that answers."""
    return request.param


@pytest.fixture
def model(provider):
    return f"{provider}/{MODEL}"


@pytest.fixture(params=[False, True], ids=["whole", "streamed"])
def streamed(request):
    return request.param


@pytest.fixture(scope="session", params=[Chat, Responses, Messages], ids=lambda c: c.dialect)
def any_client(gateway, request):
    return request.param(gateway)


class Log:
    """What the mock was asked since the test began."""

    def __init__(self, mock):
        self.mock = mock
        self.forget()

    def forget(self):
        urllib.request.urlopen(f"{self.mock}/__reset", data=b"").close()

    def entries(self):
        with urllib.request.urlopen(f"{self.mock}/__log") as answer:
            return json.load(answer)

    def last_body(self):
        return self.entries()[-1]["body"]

    def last_end(self, seconds=10):
        """How the answer to the last request ended, once it has."""
        begin = time.monotonic()
        while not (asked := self.entries()) or (end := asked[-1].get("end")) is None:
            assert time.monotonic() - begin < seconds, "the request is still under way"
            time.sleep(0.01)
        return end


@pytest.fixture
def log(mock):
    return Log(mock)


@pytest.fixture
def client(any_client, provider, log):
    """The client; and where the provider speaks its dialect, whatever the test asks must have
    arrived byte for byte as it was sent."""
    any_client.sent.clear()
    yield any_client
    if any_client.dialect == provider:
        arrived = [entry["body"].encode() for entry in log.entries()]
        assert arrived == [as_it_must_arrive(body, provider) for body in any_client.sent]


def as_it_must_arrive(body, provider):
    """The only two changes: the model's name, and usage asked for where a stream of Chat is not
    to tell it."""
    body, names = re.subn(rb'"model":"[a-z-]+/', b'"model":"', body)
    assert names == 1
    asked = json.loads(body)
    if provider == "chat" and asked.get("stream") and "stream_options" not in asked:
        body = body.replace(b"{", b'{"stream_options":{"include_usage":true},', 1)
    return body
