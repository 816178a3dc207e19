//! What the benches work on: requests and answers of ordinary size.

use bytes::Bytes;

/// The head of a request, as the OpenAI SDK for Python sends it.
pub(crate) const REQUEST_HEAD: &str = "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\
     Accept-Encoding: gzip, deflate\r\nConnection: keep-alive\r\nAccept: application/json\r\n\
     Content-Type: application/json\r\nUser-Agent: OpenAI/Python 2.9.0\r\n\
     X-Stainless-Lang: python\r\nX-Stainless-Package-Version: 2.9.0\r\nX-Stainless-OS: Linux\r\n\
     X-Stainless-Arch: x64\r\nX-Stainless-Runtime: CPython\r\nX-Stainless-Async: false\r\n\
     Authorization: Bearer sk-0123456789abcdef\r\nContent-Length: 1200\r\n\r\n";

/// A Chat request of about 1.2 kB with its model in the middle.
pub(crate) fn request() -> String {
    let text = "Tell me something about the sea, and about \\u00e9t\\u00e9. ".repeat(8);
    format!(
        r#"{{"messages":[{{"role":"system","content":"{text}"}},{{"role":"user","content":"{text}"}}],"model":"fast","temperature":0.7,"stream":true,"tools":[]}}"#
    )
}

/// A Chat answer of about 1 kB.
pub(crate) fn answer() -> String {
    let text = "The sea is large, and it is wet, and it is blue. ".repeat(14);
    format!(
        r#"{{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{{"index":0,"message":{{"role":"assistant","content":"{text}"}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11,"prompt_tokens_details":{{"cached_tokens":4}},"completion_tokens_details":{{"reasoning_tokens":0}}}}}}"#
    )
}

/// The answer with its head.
pub(crate) fn response() -> String {
    let answer = answer();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: req_1\r\n\
         openai-processing-ms: 5\r\ncontent-length: {}\r\n\r\n{answer}",
        answer.len()
    )
}

/// A Chat stream of 32 pieces, an event each, as it comes when usage was asked for.
pub(crate) fn stream() -> Vec<Bytes> {
    let chunk = |rest: &str| {
        format!(
            "data: {{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",{rest}}}\n\n"
        )
    };
    let piece = chunk(
        r#""choices":[{"index":0,"delta":{"content":"The sea is large, it is wet, and blue."},"finish_reason":null}],"usage":null"#,
    );
    let mut events = vec![piece; 30];
    events.push(chunk(
        r#""choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2}"#,
    ));
    events.push("data: [DONE]\n\n".to_owned());
    events.into_iter().map(Bytes::from).collect()
}
