// Starts the programs under test.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";

const program = (name, variable) =>
  process.env[variable] ??
  new URL(`../../../target/debug/${name}`, import.meta.url).pathname;
const MOCKBACKEND = program("mockbackend", "MOCKBACKEND");
const GATEWAY = program("gateway", "GATEWAY");

/** What every client is made with. */
export const OPTIONS = { apiKey: "sk-bench-test-key", maxRetries: 0 };

/** What a gateway has for providers of its own key. */
const PROVIDER_KEY = "sk-own-gateway-key";

/** Where each dialect is served. */
const PATHS = { chat: "/v1", responses: "/v1", messages: "", gemini: "/v1beta" };

/** A running mock: its address, and the way to stop it. */
export async function mock(...args) {
  const child = spawn(MOCKBACKEND, ["--listen", "127.0.0.1:0", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return { url: await address(child.stdout), stop: () => child.kill() };
}

/** A mock, and the clients of it. */
export async function mockAlone() {
  const { url, stop } = await mock("--strict");
  return {
    openai: new OpenAI({ ...OPTIONS, baseURL: `${url}/v1` }),
    anthropic: new Anthropic({ ...OPTIONS, baseURL: url }),
    stop,
  };
}

/** A gateway that has the mock at `upstream` for a provider of each dialect. */
export async function gateway(upstream) {
  // Many failures in a row are what some tests are about.
  const lines = ["[retries]", "max = 0", "[breaker]", "failures = 0"];
  for (const [dialect, path] of Object.entries(PATHS)) {
    const provider = [`dialects = ["${dialect}"]`, `base_url = "${upstream}${path}"`];
    lines.push(`[providers.${dialect}]`, ...provider);
    // The same, of which nobody has the patience to wait for an answer.
    lines.push(`[providers.hasty-${dialect}]`, ...provider, 'api_key_env = "PROVIDER_KEY"');
    lines.push('timeouts = { first_byte = "150ms", idle = "150ms" }');
  }
  const folder = mkdtempSync(join(tmpdir(), "tollgate-sdk-"));
  const config = join(folder, "gateway.toml");
  writeFileSync(config, `${lines.join("\n")}\n`);
  // What it tells is kept, to be searched for keys; ../run.sh does. Each file of tests is a process
  // of its own.
  const told = join(process.env.TOLD ?? folder, `typescript-${process.pid}`);
  const files = [openSync(`${told}.log`, "w"), openSync(`${told}.stderr`, "w")];
  const child = spawn(GATEWAY, ["--listen", "127.0.0.1:0", "--config", config], {
    env: { ...process.env, PROVIDER_KEY },
    stdio: ["ignore", files[0], "pipe"],
  });
  child.stderr.on("data", (data) => writeSync(files[1], data));
  const url = await address(child.stderr);
  const stop = async () => {
    const page = await (await fetch(`${url}/metrics`)).text();
    writeFileSync(`${told}.metrics`, page);
    child.kill();
    // Its log is whole once it has ended.
    const [status] = await once(child, "close");
    assert.equal(status, 0);
    files.forEach((file) => closeSync(file));
    writeFileSync(`${told}.secrets`, `${OPTIONS.apiKey}\n${PROVIDER_KEY}\n`);
    rmSync(folder, { recursive: true });
  };
  return { url, stop };
}

/** Reads lines until one tells the address. */
async function address(stream) {
  const said = [];
  for await (const line of createInterface({ input: stream })) {
    const [found] = line.match(/http:\/\/\S+/) ?? [];
    if (found) {
      // What comes after is of no interest, but must not be kept from being said.
      stream.resume();
      return found;
    }
    said.push(line);
  }
  throw new Error(`no address: ${said.join("\n")}`);
}
