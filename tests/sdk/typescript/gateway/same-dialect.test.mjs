// Where the provider speaks the client's dialect: nothing changes on the way. That each body
// arrives byte for byte is checked after every test of a pair; here are the bodies and headers
// that no other test sends.

import assert from "node:assert/strict";

import { MODEL, PROMPT, checkText } from "../expected.mjs";
import { eachPair, start } from "./pairs.mjs";

const same = (client, provider) => client.dialect === provider;

start();

eachPair("a stream without usage", async ({ client, model, log }) => {
  const events = [];
  const stream = await client.events(model, [client.user(PROMPT)]);
  for await (const event of stream) events.push(event);
  const asked = JSON.parse(await log.lastBody());
  assert.equal(asked.model, MODEL);
  if (client.dialect === "chat") {
    // Asked for on the way, and taken out again.
    assert.deepEqual(asked.stream_options, { include_usage: true });
    assert.ok(events.every((event) => event.choices.length > 0 && !("usage" in event)));
  }
}, same);

eachPair("members that nobody knows", async ({ client, model, log }) => {
  const unknown = { "é 🚦": { b: [1.5, 1e21], a: null }, stream2: "\u0000\\/" };
  // Only the provider refuses them.
  const asked = client.ask(model, [client.user(PROMPT)], unknown);
  await assert.rejects(asked, client.errors.BadRequestError);
  const arrived = JSON.parse(await log.lastBody());
  for (const [name, value] of Object.entries(unknown)) assert.deepEqual(arrived[name], value);
}, same);

eachPair("headers of the dialect", async ({ client, model, log }) => {
  const headers = client.dialect === "messages"
    ? { "anthropic-beta": "new-2026-11-01", "anthropic-version": "2023-06-01" }
    : { "openai-organization": "org-1", "openai-project": "proj-1" };
  const said = await client.ask(model, [client.user(PROMPT)], {}, { headers });
  checkText(said.text, { streamed: false });
  const entry = (await log.entries()).at(-1);
  const arrived = new Map(entry.headers.map(([name, value]) => [name.toLowerCase(), value]));
  for (const [name, value] of Object.entries(headers)) assert.equal(arrived.get(name), value);
}, same);

eachPair("embeddings", async ({ client, model }) => {
  const ask = { model, input: ["é", "🚦"], dimensions: 8 };
  const { data } = await client.api.embeddings.create(ask);
  assert.deepEqual(data.map((item) => item.embedding.length), [8, 8]);
}, (client, provider) => client.dialect === "chat" && provider === "chat");

eachPair("tokens are counted", async ({ client, model }) => {
  const ask = { model, messages: [client.user(PROMPT)] };
  const { input_tokens } = await client.api.messages.countTokens(ask);
  assert.equal(input_tokens, 25);
}, (client, provider) => client.dialect === "messages" && provider === "messages");
