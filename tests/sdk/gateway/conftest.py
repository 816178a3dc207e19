"""Starts the mock backend and the gateway before it; ../run.sh says how to run the tests."""

import os
import pathlib
import subprocess
import urllib.request

import anthropic
import openai
import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
MOCKBACKEND = os.environ.get("MOCKBACKEND", REPOSITORY / "target/debug/mockbackend")
GATEWAY = os.environ.get("GATEWAY", REPOSITORY / "target/debug/gateway")

# A provider for each dialect, all of them the mock.
PROVIDERS = {
    "chat": ("chat", "/v1"),
    "responses": ("responses", "/v1"),
    "messages": ("messages", ""),
    "gemini": ("gemini", "/v1beta"),
}


@pytest.fixture(scope="session")
def mock():
    """The address of a mock that refuses what real providers refuse."""
    arguments = [MOCKBACKEND, "--listen", "127.0.0.1:0", "--strict", "--journal"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        ready = process.stdout.readline().strip()
        assert ready.startswith("listening on http://"), ready
        yield ready.removeprefix("listening on ")
        process.terminate()


@pytest.fixture(scope="session")
def gateway(mock, tmp_path_factory):
    """The address of the gateway, which has the mock for each provider."""
    lines = ["[retries]", "max = 0"]
    for name, (dialect, path) in PROVIDERS.items():
        lines += [
            f"[providers.{name}]",
            f'dialects = ["{dialect}"]',
            f'base_url = "{mock}{path}"',
        ]
    config = tmp_path_factory.mktemp("gateway") / "gateway.toml"
    config.write_text("\n".join(lines) + "\n")
    arguments = [GATEWAY, "--listen", "127.0.0.1:0", "--config", config]
    with subprocess.Popen(
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        for line in process.stderr:
            if "listening on http://" in line:
                break
        yield "http://" + line.split("http://")[1].split()[0]
        process.terminate()


@pytest.fixture(params=PROVIDERS)
def provider(request):
    """The provider that answers."""
    return request.param


@pytest.fixture
def model(provider):
    return f"{provider}/gpt-4o-mini"


@pytest.fixture
def seen(mock):
    """What the mock was asked since the test began."""
    urllib.request.urlopen(f"{mock}/__reset", data=b"").close()

    def log():
        with urllib.request.urlopen(f"{mock}/__log") as answer:
            return answer.read().decode()

    return log


@pytest.fixture(scope="session")
def openai_client(gateway):
    return openai.OpenAI(
        base_url=f"{gateway}/v1",
        api_key="sk-bench-test-key",
        max_retries=0,
        _strict_response_validation=True,
    )


@pytest.fixture(scope="session")
def anthropic_client(gateway):
    return anthropic.Anthropic(
        base_url=gateway,
        api_key="sk-bench-test-key",
        max_retries=0,
        _strict_response_validation=True,
    )
