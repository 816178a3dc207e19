// A client that goes away ends the request upstream.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { PROMPT, checkText } from "../expected.mjs";
import { eachPair, eachPairAndMode, start } from "./pairs.mjs";

start();

const isServed = async ({ client, model, streamed = true }) => {
  const said = await client.ask(model, [client.user(PROMPT)], { streamed });
  checkText(said.text, { streamed });
};

eachPair("a stream that is left", async (pair) => {
  const { client, model, log } = pair;
  const stream = await client.events(`${model}#fault:stall=6`, [client.user(PROMPT)]);
  for await (const event of stream) {
    assert.ok(event);
    assert.equal((await log.entries()).at(-1).end, undefined);
    break;
  }
  assert.equal(await log.lastEnd(), "client_gone");
  await isServed(pair);
});

eachPairAndMode("a request that is aborted", async (pair) => {
  const { client, model, log, streamed } = pair;
  const controller = new AbortController();
  const { signal } = controller;
  const turns = [client.user(PROMPT)];
  const fault = streamed ? "stall=6" : "hang";
  const asked = client.ask(`${model}#fault:${fault}`, turns, { streamed }, { signal });
  const refused = assert.rejects(asked, client.errors.APIUserAbortError);
  while ((await log.entries()).length === 0) await sleep(5);
  controller.abort();
  await refused;
  assert.equal(await log.lastEnd(), "client_gone");
  await isServed(pair);
});

eachPairAndMode("a client that is tired of waiting", async ({ client, model, log, streamed }) => {
  const turns = [client.user(PROMPT)];
  await assert.rejects(
    client.ask(`${model}#fault:hang`, turns, { streamed }, { timeout: 1000 }),
    client.errors.APIConnectionTimeoutError,
  );
  assert.equal(await log.lastEnd(), "client_gone");
});
