// Chat Completions, read by the official client.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { RateLimitError } from "openai";

import {
  FUNCTION, HARMLESS, MODEL, PROMPT, REFUSAL, SCHEMA, checkArguments, checkText,
} from "../expected.mjs";
import { mockAlone as start } from "../programs.mjs";

const tools = [{ type: "function", function: { name: FUNCTION, parameters: SCHEMA } }];
const ask = (mark = "") => ({
  model: MODEL,
  messages: [{ role: "user", content: PROMPT + mark }],
});

let mock;
before(async () => { mock = await start(); });
after(() => mock.stop());

const create = (body) => mock.openai.chat.completions.create(body);
const streamed = (body) =>
  mock.openai.chat.completions
    .stream({ ...body, stream_options: { include_usage: true } })
    .finalChatCompletion();
const both = async (body) => [await create(body), await streamed(body)];

test("text", async () => {
  const [whole, stream] = await both(ask());
  checkText(whole.choices[0].message.content, { streamed: false });
  checkText(stream.choices[0].message.content, { streamed: true });
  for (const { choices, usage } of [whole, stream]) {
    assert.equal(choices[0].finish_reason, "stop");
    assert.equal(usage.completion_tokens, 32);
  }
});

test("reasoning and a cache are counted", async () => {
  const body = { ...ask("[[cached]]"), reasoning_effort: "low" };
  for (const { usage } of await both(body)) {
    assert.equal(usage.completion_tokens_details.reasoning_tokens, 7);
    assert.equal(usage.prompt_tokens_details.cached_tokens, 16);
  }
});

test("a refusal", async () => {
  for (const { choices } of await both(ask("[[refuse]]"))) {
    assert.equal(choices[0].message.refusal, REFUSAL);
  }
});

test("one call and two", async () => {
  for (const [mark, count] of [["", 1], ["[[two tools]]", 2]]) {
    for (const { choices } of await both({ ...ask(mark), tools })) {
      const calls = choices[0].message.tool_calls;
      assert.equal(new Set(calls.map((call) => call.id)).size, count);
      for (const call of calls) {
        assert.equal(call.function.name, FUNCTION);
        checkArguments(call.function.arguments);
      }
    }
  }
});

test("text after the result", async () => {
  const first = await create({ ...ask(), tools });
  const { message } = first.choices[0];
  const result = { role: "tool", tool_call_id: message.tool_calls[0].id, content: "sunny" };
  const messages = [...ask().messages, message, result];
  const second = await create({ ...ask(), messages, tools });
  checkText(second.choices[0].message.content, { streamed: false });
});

test("embeddings", async () => {
  const body = { model: "text-embedding-3-small", input: ["a", "b"], dimensions: 8 };
  const floats = await mock.openai.embeddings.create({ ...body, encoding_format: "float" });
  // The client asks for base64 by itself.
  const decoded = await mock.openai.embeddings.create(body);
  assert.deepEqual(
    decoded.data.map((item) => Array.from(item.embedding)),
    floats.data.map((item) => item.embedding),
  );
});

test("faults", async () => {
  const faulty = (fault) => ({ ...ask(), model: `${MODEL}#fault:${fault}` });
  await assert.rejects(create(faulty("status=429")), (error) => {
    assert.ok(error instanceof RateLimitError);
    assert.equal(error.code, "rate_limit_exceeded");
    return Boolean(error.requestID);
  });
  await assert.rejects(streamed(faulty("error=5")), /server had an error/);
  for (const fault of HARMLESS) {
    const { choices } = await streamed(faulty(fault));
    checkText(choices[0].message.content, { streamed: true });
  }
});
