"""What arrived upstream, read in the provider's dialect: the judge's own reading of the wire."""

import dataclasses
import json
from typing import Any


@dataclasses.dataclass
class Asked:
    """One request of the mock's journal."""

    # What stands in the conversation, in its order.
    texts: list[str] = dataclasses.field(default_factory=list)
    calls: list[tuple[str, Any]] = dataclasses.field(default_factory=list)
    results: list[str] = dataclasses.field(default_factory=list)
    # Thoughts, and what proves them.
    thoughts: list[str] = dataclasses.field(default_factory=list)
    proofs: list[str] = dataclasses.field(default_factory=list)
    schema: Any = None


def read(dialect, body):
    """The request of this body, in one of the four dialects."""
    asked = Asked()
    READERS[dialect](json.loads(body), asked)
    return asked


def chat(body, asked):
    for message in body["messages"]:
        text = parts_text(message.get("content"))
        if message["role"] == "tool":
            asked.results.append(text)
        elif text:
            asked.texts.append(text)
        for call in message.get("tool_calls") or []:
            function = call["function"]
            asked.calls.append((function["name"], json.loads(function["arguments"])))
    if format := body.get("response_format"):
        asked.schema = format["json_schema"]["schema"]


def responses(body, asked):
    if "instructions" in body:
        asked.texts.append(body["instructions"])
    for item in body["input"]:
        match item.get("type", "message"):
            case "message":
                asked.texts.append(parts_text(item["content"]))
            case "function_call":
                asked.calls.append((item["name"], json.loads(item["arguments"])))
            case "function_call_output":
                asked.results.append(parts_text(item["output"]))
            case "reasoning":
                asked.thoughts.append(parts_text(item["summary"]))
                asked.proofs.append(item["encrypted_content"])
    if format := body.get("text"):
        asked.schema = format["format"]["schema"]


def messages(body, asked):
    if "system" in body:
        asked.texts.append(parts_text(body["system"]))
    for message in body["messages"]:
        content = message["content"]
        if isinstance(content, str):
            content = [{"type": "text", "text": content}]
        for block in content:
            match block["type"]:
                case "text":
                    asked.texts.append(block["text"])
                case "tool_use":
                    asked.calls.append((block["name"], block["input"]))
                case "tool_result":
                    asked.results.append(parts_text(block["content"]))
                case "thinking":
                    asked.thoughts.append(block["thinking"])
                    asked.proofs.append(block["signature"])
    if format := body.get("output_config"):
        asked.schema = format["format"]["schema"]


def gemini(body, asked):
    for turn in [body.get("systemInstruction", {"parts": []}), *body["contents"]]:
        for part in turn["parts"]:
            if "text" in part:
                asked.texts.append(part["text"])
            if "functionCall" in part:
                asked.calls.append((part["functionCall"]["name"], part["functionCall"]["args"]))
            if "functionResponse" in part:
                asked.results.append(part["functionResponse"]["response"]["result"])
            if "thoughtSignature" in part:
                asked.proofs.append(part["thoughtSignature"])
    asked.schema = body.get("generationConfig", {}).get("responseJsonSchema")


READERS = {"chat": chat, "responses": responses, "messages": messages, "gemini": gemini}


def parts_text(content):
    """A text, or the text of its parts."""
    if isinstance(content, str):
        return content
    return "".join(part["text"] for part in content or [])
