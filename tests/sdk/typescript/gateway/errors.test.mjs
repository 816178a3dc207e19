// Errors, each as the client's SDK knows it.

import assert from "node:assert/strict";

import { PROMPT } from "../expected.mjs";
import { eachPair, eachPairAndMode, start } from "./pairs.mjs";

// What the provider says: what a client of the same dialect sees, and what those of OpenAI and
// Anthropic see where it is translated.
const STATUSES = [
  [400, 400, 400, 400],
  [401, 401, 401, 401],
  [403, 403, 403, 403],
  [404, 404, 404, 404],
  [409, 409, 409, 409],
  [413, 413, 413, 413],
  [422, 422, 422, 422],
  [429, 429, 429, 429],
  [500, 500, 502, 502],
  [503, 503, 503, 529],
  [529, 529, 503, 529],
];
const CLASSES = {
  400: "BadRequestError",
  401: "AuthenticationError",
  403: "PermissionDeniedError",
  404: "NotFoundError",
  409: "ConflictError",
  422: "UnprocessableEntityError",
  429: "RateLimitError",
};
const ANTHROPIC_CLASSES = {
  413: "ContentTooLargeError",
  503: "ServiceUnavailableError",
  529: "OverloadedError",
};

/** The error that `promise` is refused with. */
async function errorOf(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return assert.fail("it went well");
}

start();

for (const [status, same, openai, anthropic] of STATUSES) {
  eachPairAndMode(`status ${status}`, async ({ client, provider, model, streamed }) => {
    const isAnthropic = client.dialect === "messages";
    const translated = isAnthropic ? anthropic : openai;
    const seen = client.dialect === provider ? same : translated;
    const turns = [client.user(PROMPT)];
    const error = await errorOf(client.ask(`${model}#fault:status=${status}`, turns, { streamed }));
    const other = seen < 500 ? "APIError" : "InternalServerError";
    const name = (isAnthropic && ANTHROPIC_CLASSES[seen]) || (CLASSES[seen] ?? other);
    assert.equal(error.constructor, client.errors[name]);
    assert.equal(error.status, seen);
    assert.ok(error.error && error.message);
    if (status === 429 && provider !== "gemini") {
      const limits = isAnthropic ? "anthropic-ratelimit-requests" : "x-ratelimit";
      const remaining = isAnthropic ? `${limits}-remaining` : `${limits}-remaining-requests`;
      assert.equal(error.headers.get("retry-after"), "1");
      assert.equal(error.headers.get(remaining), "0");
    }
  });
}

for (const fault of ["close", "cut=0"]) {
  eachPairAndMode(`no answer: ${fault}`, async ({ client, model, log, streamed }) => {
    const turns = [client.user(PROMPT)];
    const error = await errorOf(client.ask(`${model}#fault:${fault}`, turns, { streamed }));
    assert.equal(error.constructor, client.errors.InternalServerError);
    assert.equal(error.status, 502);
    // A connection that was kept and is closed at once may have been closed before.
    assert.ok((await log.entries()).length <= (fault === "close" ? 2 : 1));
    await log.forget();
    client.sent.length = 0;
  });
}

for (const fault of ["cut=40", "truncated-json"]) {
  eachPair(`half an answer: ${fault}`, async ({ client, model }) => {
    const error = await errorOf(client.ask(`${model}#fault:${fault}`, [client.user(PROMPT)]));
    assert.equal(error.status, 502);
  });
}

for (const fault of ["error=6", "cut=6", "no-terminal", "truncated-json"]) {
  const check = (ask) => async ({ client, model }) => {
    const error = await errorOf(ask(client, `${model}#fault:${fault}`));
    assert.ok(error instanceof client.errors.APIError, error);
    // An error that was told, and no connection that was lost.
    assert.ok(!(error instanceof client.errors.APIConnectionError), error);
    if (fault === "error=6") {
      assert.match(JSON.stringify(error.error), /overloaded|server had an error/i);
    }
  };
  eachPair(`a stream that breaks, ${fault}: the helper`, check((client, model) =>
    client.ask(model, [client.user(PROMPT)], { streamed: true })));
  eachPair(`a stream that breaks, ${fault}: the bare stream`, check(async (client, model) => {
    const stream = await client.events(model, [client.user(PROMPT)]);
    // To its end.
    for await (const event of stream) assert.ok(event);
  }));
}

for (const [fault, streamed] of [["hang", false], ["hang", true], ["stall=6", true]]) {
  const mode = streamed ? "streamed" : "whole";
  eachPair(`a provider that is too slow: ${fault}, ${mode}`, async ({ client, model }) => {
    const turns = [client.user(PROMPT)];
    const error = await errorOf(client.ask(`hasty-${model}#fault:${fault}`, turns, { streamed }));
    assert.ok(error instanceof client.errors.APIError, error);
    assert.ok(!(error instanceof client.errors.APIConnectionError), error);
    if (fault === "hang") {
      assert.ok(error instanceof client.errors.InternalServerError);
      assert.equal(error.status, 504);
    }
  });
}

eachPair("an unknown provider", async ({ client }) => {
  const error = await errorOf(client.ask("nobody/gpt-4o-mini", [client.user(PROMPT)]));
  assert.equal(error.constructor, client.errors.NotFoundError);
  client.sent.length = 0;
}, (client, provider) => client.dialect === provider);

eachPair("what cannot be asked for", async ({ client, model, log }) => {
  const wishes = {
    chat: { n: 2 },
    responses: { previous_response_id: "resp_1" },
    messages: { container: "box" },
  }[client.dialect];
  const error = await errorOf(client.ask(model, [client.user(PROMPT)], wishes));
  assert.equal(error.constructor, client.errors.BadRequestError);
  assert.ok(error.message.includes(Object.keys(wishes)[0]), error.message);
  assert.deepEqual(await log.entries(), []);
}, (client, provider) => client.dialect !== provider);
