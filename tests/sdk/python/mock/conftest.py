"""The mock as it is, and as the published benchmark's was."""

import anthropic
import openai
import programs
import pytest
from expected import PUBLISHED, STAMPED


@pytest.fixture(scope="session", params=[STAMPED, PUBLISHED])
def preset(request):
    return request.param


@pytest.fixture(scope="session")
def base_url(preset):
    """The address of a mock that answers as the preset says."""
    # What the official clients send, the strict mode must take.
    arguments = ["--strict"] if preset == STAMPED else ["--preset", preset]
    with programs.mock(*arguments) as url:
        yield url


@pytest.fixture(scope="session")
def openai_client(base_url):
    return openai.OpenAI(
        base_url=f"{base_url}/v1",
        api_key=programs.KEY,
        max_retries=0,
        _strict_response_validation=True,
    )


@pytest.fixture(scope="session")
def anthropic_client(base_url):
    return anthropic.Anthropic(
        base_url=base_url,
        api_key=programs.KEY,
        max_retries=0,
        _strict_response_validation=True,
    )
