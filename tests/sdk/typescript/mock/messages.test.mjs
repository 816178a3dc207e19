// Anthropic Messages, read by the official client.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { RateLimitError } from "@anthropic-ai/sdk";

import {
  ARGUMENTS, FUNCTION, HARMLESS, MODEL, PROMPT, REFUSAL, SCHEMA, THOUGHTS, checkText,
} from "../expected.mjs";
import { mockAlone as start } from "../programs.mjs";

const tools = [{ name: FUNCTION, input_schema: SCHEMA }];
const ask = (mark = "") => ({
  model: MODEL,
  max_tokens: 2048,
  messages: [{ role: "user", content: PROMPT + mark }],
});

let mock;
before(async () => { mock = await start(); });
after(() => mock.stop());

const create = (body) => mock.anthropic.messages.create(body);
const streamed = (body) => mock.anthropic.messages.stream(body).finalMessage();
const both = async (body) => [await create(body), await streamed(body)];

test("text", async () => {
  const [whole, stream] = await both(ask());
  checkText(whole.content[0].text, { streamed: false });
  checkText(stream.content[0].text, { streamed: true });
  for (const message of [whole, stream]) {
    assert.equal(message.stop_reason, "end_turn");
    assert.equal(message.usage.output_tokens, 32);
  }
});

test("thinking", async () => {
  for (const { content } of await both({ ...ask(), thinking: { type: "adaptive" } })) {
    assert.deepEqual(content.map((block) => block.type), ["thinking", "text"]);
    assert.equal(content[0].thinking, THOUGHTS);
    assert.ok(content[0].signature);
  }
});

test("a refusal, a cache", async () => {
  for (const message of await both(ask("[[refuse]] [[cached]]"))) {
    assert.equal(message.stop_reason, "refusal");
    assert.equal(message.content[0].text, REFUSAL);
    assert.equal(message.usage.cache_read_input_tokens, 16);
  }
});

test("one call and two", async () => {
  for (const [mark, count] of [["", 1], ["[[two tools]]", 2]]) {
    for (const { content } of await both({ ...ask(mark), tools })) {
      assert.equal(new Set(content.map((block) => block.id)).size, count);
      for (const block of content) {
        assert.equal(block.name, FUNCTION);
        assert.deepEqual(block.input, ARGUMENTS);
      }
    }
  }
});

test("text after the result", async () => {
  const { content } = await create({ ...ask(), tools });
  const result = { type: "tool_result", tool_use_id: content[0].id, content: "sunny" };
  const messages = [
    ...ask().messages,
    { role: "assistant", content },
    { role: "user", content: [result] },
  ];
  const message = await create({ ...ask(), messages, tools });
  checkText(message.content[0].text, { streamed: false });
});

test("tokens are counted", async () => {
  const { model, messages } = ask();
  const count = await mock.anthropic.messages.countTokens({ model, messages });
  assert.equal(count.input_tokens, 25);
});

test("faults", async () => {
  const faulty = (fault) => ({ ...ask(), model: `${MODEL}#fault:${fault}` });
  await assert.rejects(create(faulty("status=429")), (error) => {
    assert.ok(error instanceof RateLimitError);
    return Boolean(error.requestID);
  });
  await assert.rejects(create(faulty("status=529")), /Overloaded/);
  await assert.rejects(streamed(faulty("error=5")), /Overloaded/);
  for (const fault of HARMLESS) {
    checkText((await streamed(faulty(fault))).content[0].text, { streamed: true });
  }
});
