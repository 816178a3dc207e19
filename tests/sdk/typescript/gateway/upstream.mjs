// What arrived upstream, read in the provider's dialect: the judge's own reading of the wire.

/** What a request's body holds, in one of the four dialects. */
export function read(dialect, body) {
  const asked = { texts: [], calls: [], results: [], thoughts: [], proofs: [], schema: undefined };
  READERS[dialect](JSON.parse(body), asked);
  return asked;
}

const READERS = {
  chat({ messages, response_format }, asked) {
    for (const message of messages) {
      const text = partsText(message.content);
      if (message.role === "tool") asked.results.push(text);
      else if (text) asked.texts.push(text);
      for (const { function: { name, arguments: json } } of message.tool_calls ?? []) {
        asked.calls.push([name, JSON.parse(json)]);
      }
    }
    asked.schema = response_format?.json_schema.schema;
  },

  responses({ instructions, input, text }, asked) {
    if (instructions) asked.texts.push(instructions);
    for (const item of input) {
      switch (item.type ?? "message") {
        case "message": asked.texts.push(partsText(item.content)); break;
        case "function_call": asked.calls.push([item.name, JSON.parse(item.arguments)]); break;
        case "function_call_output": asked.results.push(partsText(item.output)); break;
        case "reasoning":
          asked.thoughts.push(partsText(item.summary));
          asked.proofs.push(item.encrypted_content);
          break;
      }
    }
    asked.schema = text?.format.schema;
  },

  messages({ system, messages, output_config }, asked) {
    if (system) asked.texts.push(partsText(system));
    for (const { content } of messages) {
      const blocks = typeof content === "string" ? [{ type: "text", text: content }] : content;
      for (const block of blocks) {
        switch (block.type) {
          case "text": asked.texts.push(block.text); break;
          case "tool_use": asked.calls.push([block.name, block.input]); break;
          case "tool_result": asked.results.push(partsText(block.content)); break;
          case "thinking":
            asked.thoughts.push(block.thinking);
            asked.proofs.push(block.signature);
            break;
        }
      }
    }
    asked.schema = output_config?.format.schema;
  },

  gemini({ systemInstruction, contents, generationConfig }, asked) {
    for (const { parts } of [systemInstruction ?? { parts: [] }, ...contents]) {
      for (const part of parts) {
        if ("text" in part) asked.texts.push(part.text);
        if (part.functionCall) asked.calls.push([part.functionCall.name, part.functionCall.args]);
        if (part.functionResponse) asked.results.push(part.functionResponse.response.result);
        if (part.thoughtSignature) asked.proofs.push(part.thoughtSignature);
      }
    }
    asked.schema = generationConfig?.responseJsonSchema;
  },
};

/** A text, or the text of its parts. */
function partsText(content) {
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => part.text).join("");
}
