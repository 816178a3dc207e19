// The client of Chat Completions.

import * as sdk from "openai";
import { zodResponseFormat } from "openai/helpers/zod";

import { SCHEMA } from "../../expected.mjs";
import { OPTIONS } from "../../programs.mjs";
import { recorder } from "./recorder.mjs";

const ENDS = { tool_calls: "tools", content_filter: "filter" };

export class Chat {
  dialect = "chat";
  errors = sdk;
  sent = [];

  constructor(url) {
    const fetch = recorder(this.sent);
    this.api = new sdk.OpenAI({ ...OPTIONS, baseURL: `${url}/v1`, fetch });
  }

  user(text) {
    return { role: "user", content: text };
  }

  results(pairs) {
    return pairs.map(([call, content]) => ({ role: "tool", tool_call_id: call.id, content }));
  }

  async ask(model, turns, { streamed = false, ...wishes } = {}, options = {}) {
    const body = asked(model, turns, wishes);
    if (!streamed) return said(await this.api.chat.completions.create(body, options));
    body.stream_options = { include_usage: true };
    const stream = this.api.chat.completions.stream(body, options);
    // Of members that it does not know, the helper keeps what came last.
    let thoughts = "";
    stream.on("chunk", ({ choices }) => {
      thoughts += choices[0]?.delta.reasoning_content ?? "";
    });
    return { ...said(await stream.finalChatCompletion()), thoughts: thoughts || null };
  }

  events(model, turns, wishes = {}, options = {}) {
    return this.api.chat.completions.create({ ...asked(model, turns, wishes), stream: true }, options);
  }

  async parse(model, turns, shape, streamed) {
    const body = asked(model, turns, {});
    body.response_format = zodResponseFormat(shape, "place");
    const { choices } = await (streamed
      ? this.api.chat.completions.stream(body).finalChatCompletion()
      : this.api.chat.completions.parse(body));
    return choices[0].message.parsed;
  }
}

function asked(model, turns, { system, tools, force, oneAtATime, thinking, schema, ...more }) {
  const body = { model, messages: turns, ...more };
  if (system) body.messages = [{ role: "system", content: system }, ...turns];
  if (tools) {
    body.tools = tools.map((name) => ({ type: "function", function: { name, parameters: SCHEMA } }));
  }
  if (force) body.tool_choice = { type: "function", function: { name: force } };
  if (oneAtATime) body.parallel_tool_calls = false;
  if (thinking) body.reasoning_effort = "low";
  if (schema) {
    const json_schema = { name: "place", schema, strict: true };
    body.response_format = { type: "json_schema", json_schema };
  }
  return body;
}

function said({ choices: [choice], usage }) {
  const { message, finish_reason } = choice;
  return {
    text: message.content ?? "",
    end: ENDS[finish_reason] ?? finish_reason,
    usage: [
      usage.prompt_tokens,
      usage.prompt_tokens_details.cached_tokens,
      usage.completion_tokens,
    ],
    calls: (message.tool_calls ?? []).map((call) => ({
      id: call.id,
      name: call.function.name,
      arguments: JSON.parse(call.function.arguments),
    })),
    refusal: message.refusal ?? null,
    thoughts: message.reasoning_content ?? null,
    turns: [message],
  };
}
