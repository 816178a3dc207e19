// A running mock, and the clients of it.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";

const program =
  process.env.MOCKBACKEND ??
  new URL("../../../target/debug/mockbackend", import.meta.url).pathname;

/** Starts the mock, and gives both clients and the way to stop it. */
export async function start() {
  const mock = spawn(program, ["--listen", "127.0.0.1:0", "--strict"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: mock.stdout });
  const { value: ready } = await lines[Symbol.asyncIterator]().next();
  const url = ready.replace("listening on ", "");
  const options = { apiKey: "sk-bench-test-key", maxRetries: 0 };
  return {
    openai: new OpenAI({ ...options, baseURL: `${url}/v1` }),
    anthropic: new Anthropic({ ...options, baseURL: url }),
    stop: () => mock.kill(),
  };
}
