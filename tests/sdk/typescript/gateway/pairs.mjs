// The gateway before the mock, which is a provider of each dialect: every test is made with each
// of the three clients before each of the four.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { MODEL } from "../expected.mjs";
import { gateway, mock } from "../programs.mjs";
import { Chat } from "./clients/chat.mjs";
import { Messages } from "./clients/messages.mjs";
import { Responses } from "./clients/responses.mjs";

const PROVIDERS = ["chat", "responses", "messages", "gemini"];

/** What the mock was asked since the test began. */
class Log {
  constructor(url) {
    this.url = url;
  }

  forget() {
    return fetch(`${this.url}/__reset`, { method: "POST" });
  }

  async entries() {
    return (await fetch(`${this.url}/__log`)).json();
  }

  async lastBody() {
    return (await this.entries()).at(-1).body;
  }

  /** How the answer to the last request ended, once it has; waits for the request, too. */
  async lastEnd() {
    for (let tries = 0; tries < 1000; tries += 1) {
      const end = (await this.entries()).at(-1)?.end;
      if (end) return end;
      await sleep(10);
    }
    throw new Error("the request is still under way");
  }
}

let programs;
let clients;

/** To be called once in a file, before its tests. */
export function start() {
  before(async () => {
    const upstream = await mock("--strict", "--journal");
    programs = [upstream, await gateway(upstream.url)];
    clients = [Chat, Responses, Messages].map((Client) => new Client(programs[1].url));
  });
  after(async () => {
    const [upstream, before] = programs;
    await before.stop();
    upstream.stop();
  });
}

/**
 * A test of all twelve pairs, or of those that `only` wants. Where the provider speaks the
 * client's dialect, whatever the test asks must have arrived byte for byte as it was sent.
 */
export function eachPair(name, check, only = () => true) {
  test(name, async (t) => {
    for (const client of clients) {
      for (const provider of PROVIDERS) {
        if (!only(client, provider)) continue;
        await t.test(`${client.dialect} to ${provider}`, async () => {
          const log = new Log(programs[0].url);
          await log.forget();
          client.sent.length = 0;
          await check({ client, provider, model: `${provider}/${MODEL}`, log });
          if (client.dialect !== provider) return;
          const arrived = (await log.entries()).map((entry) => entry.body);
          assert.deepEqual(arrived, client.sent.map((body) => asItMustArrive(body, provider)));
        });
      }
    }
  });
}

/** As `eachPair`, for whole answers and streamed ones. */
export function eachPairAndMode(name, check, only) {
  for (const streamed of [false, true]) {
    const mode = streamed ? "streamed" : "whole";
    eachPair(`${name}, ${mode}`, (pair) => check({ ...pair, streamed }), only);
  }
}

/**
 * The only two changes: the model's name, and usage asked for where a stream of Chat is not to
 * tell it.
 */
function asItMustArrive(body, provider) {
  const pieces = body.split(/"model":"[a-z-]+\//);
  assert.equal(pieces.length, 2);
  const named = pieces.join('"model":"');
  const { stream, stream_options } = JSON.parse(body);
  if (provider !== "chat" || !stream || stream_options) return named;
  return named.replace("{", '{"stream_options":{"include_usage":true},');
}
