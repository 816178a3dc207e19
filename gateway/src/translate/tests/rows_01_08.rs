//! Instructions, limits, sampling and stop sequences.

use serde_json::json;

use super::say::{refused, sent, told};
use crate::config::ProviderDialect as To;
use crate::dialect::Dialect::{Chat, Messages, Responses};

fn user() -> serde_json::Value {
    json!({"role": "user", "content": "hé"})
}

fn user_block() -> serde_json::Value {
    json!({"role": "user", "content": [{"type": "text", "text": "hé"}]})
}

#[test]
fn row_01_several_leading_instructions_keep_their_order() {
    let body = json!({"model": "x", "max_tokens": 5, "messages": [
        {"role": "system", "content": "un"},
        {"role": "developer", "content": [{"type": "text", "text": "deux"}, {"type": "text", "text": "trois é"}]},
        user()
    ]});
    assert_eq!(
        sent(Chat, To::Messages, "claude-sonnet-4-5", &body),
        json!({"model": "claude-sonnet-4-5", "max_tokens": 5,
            "system": [{"type": "text", "text": "un"}, {"type": "text", "text": "deux"}, {"type": "text", "text": "trois é"}],
            "messages": [user_block()]})
    );
    assert_eq!(
        sent(Chat, To::Gemini, "gemini-2.5-pro", &body)["systemInstruction"],
        json!({"parts": [{"text": "un"}, {"text": "deux"}, {"text": "trois é"}]})
    );
    assert_eq!(
        sent(Chat, To::Responses, "gpt-4o", &body)["input"],
        json!([
            {"type": "message", "role": "system", "content": "un"},
            {"type": "message", "role": "developer", "content": [
                {"type": "input_text", "text": "deux"}, {"type": "input_text", "text": "trois é"}]},
            {"type": "message", "role": "user", "content": "hé"}
        ])
    );
}

#[test]
fn row_02_a_later_system_is_native_where_allowed_else_folded() {
    let body = json!({"model": "x", "max_tokens": 5, "messages": [
        user(), {"role": "system", "content": "now"}, {"role": "assistant", "content": "oui"}, user(),
        {"role": "system", "content": "short"}
    ]});
    assert_eq!(
        sent(Chat, To::Messages, "claude-opus-4-8", &body)["messages"],
        json!([
            user_block(), {"role": "system", "content": [{"type": "text", "text": "now"}]},
            {"role": "assistant", "content": [{"type": "text", "text": "oui"}]}, user_block(),
            {"role": "system", "content": [{"type": "text", "text": "short"}]}
        ])
    );
    let folded = |text: &str| {
        json!({"role": "user", "content": [
        {"type": "text", "text": "hé"}, {"type": "text", "text": format!("<system>\n{text}\n</system>")}]})
    };
    assert_eq!(
        sent(Chat, To::Messages, "claude-sonnet-4-5", &body)["messages"],
        json!([folded("now"), {"role": "assistant", "content": [{"type": "text", "text": "oui"}]}, folded("short")])
    );
    assert_eq!(
        told(Chat, To::Messages, "claude-sonnet-4-5", &body).1,
        "messages.role"
    );
    // Before another user's turn it is not allowed natively.
    let body = json!({"model": "x", "max_tokens": 5, "messages": [user(), {"role": "system", "content": "now"}, user()]});
    assert_eq!(
        sent(Chat, To::Messages, "claude-opus-5", &body)["messages"],
        json!([{"role": "user", "content": [{"type": "text", "text": "hé"},
            {"type": "text", "text": "<system>\nnow\n</system>"}, {"type": "text", "text": "hé"}]}])
    );
}

#[test]
fn row_03_a_system_within_messages_keeps_its_place() {
    let body = json!({"model": "x", "max_tokens": 5, "messages": [
        user(), {"role": "system", "content": "now"}, {"role": "assistant", "content": "oui"}]});
    assert_eq!(
        sent(Messages, To::Chat, "gpt-4o", &body)["messages"],
        json!([user(), {"role": "system", "content": "now"}, {"role": "assistant", "content": "oui"}])
    );
    assert_eq!(
        sent(Messages, To::Responses, "gpt-4o", &body)["input"][1],
        json!({"type": "message", "role": "system", "content": "now"})
    );
}

#[test]
fn row_04_developer_is_system_but_for_openai() {
    let body = json!({"model": "x", "input": [{"role": "developer", "content": "d"}, {"role": "user", "content": "hé"}]});
    for (model, role) in [
        ("llama-3", "system"),
        ("gpt-4o", "developer"),
        ("o3", "developer"),
        ("openai/gpt-oss-20b", "system"),
    ] {
        assert_eq!(
            sent(Responses, To::Chat, model, &body)["messages"],
            json!([{"role": role, "content": "d"}, user()]),
            "{model}"
        );
    }
    assert_eq!(
        sent(Responses, To::Messages, "claude-opus-4-1", &body)["system"],
        json!([{"type": "text", "text": "d"}])
    );
}

#[test]
fn row_05_limits_of_tokens() {
    let chat = |fields: serde_json::Value| {
        let mut body = json!({"model": "x", "messages": [user()]});
        body.as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        sent(Chat, To::Messages, "claude-sonnet-4-5", &body)["max_tokens"].clone()
    };
    assert_eq!(chat(json!({"max_tokens": 5})), 5);
    assert_eq!(chat(json!({"max_completion_tokens": 6})), 6);
    // The newer name wins, whatever the order.
    assert_eq!(
        chat(json!({"max_completion_tokens": 6, "max_tokens": 5})),
        6
    );
    assert_eq!(chat(json!({})), 16_384);
    let default = |model| {
        sent(
            Chat,
            To::Messages,
            model,
            &json!({"model": "x", "messages": [user()]}),
        )["max_tokens"]
            .clone()
    };
    assert_eq!(default("claude-3-opus-20240229"), 4_096);
    assert_eq!(default("claude-3-5-haiku-20241022"), 8_192);
    assert_eq!(default("tollgate"), 8_192);
    let body = json!({"model": "x", "max_tokens": 5, "messages": [user()]});
    let limit = |model| {
        let sent = sent(Messages, To::Chat, model, &body);
        (
            sent["max_tokens"].clone(),
            sent["max_completion_tokens"].clone(),
        )
    };
    assert_eq!(limit("o3-mini"), (json!(null), json!(5)));
    assert_eq!(limit("gpt-5.1"), (json!(null), json!(5)));
    assert_eq!(limit("llama-3"), (json!(5), json!(null)));
    assert_eq!(
        sent(Messages, To::Responses, "gpt-4o", &body)["max_output_tokens"],
        5
    );
    assert_eq!(
        sent(Messages, To::Gemini, "gemini-2.5-pro", &body)["generationConfig"],
        json!({"maxOutputTokens": 5})
    );
    let none = json!({"model": "x", "messages": [user()]});
    assert_eq!(
        refused(Messages, To::Chat, "gpt-4o", &none).param,
        "max_tokens"
    );
}

#[test]
fn row_06_sampling_is_clamped_or_dropped_by_name() {
    let body = json!({"model": "x", "messages": [user()], "temperature": 1.50, "top_p": 0.9, "seed": 3, "presence_penalty": 0.5});
    let old = sent(Chat, To::Messages, "claude-3-5-sonnet-20241022", &body);
    assert_eq!(
        (&old["temperature"], &old["top_p"]),
        (&json!(1), &json!(0.9))
    );
    assert_eq!(
        told(Chat, To::Messages, "claude-3-5-sonnet-20241022", &body),
        (
            "presence_penalty, seed".to_owned(),
            "temperature".to_owned()
        )
    );
    for model in ["claude-opus-4-7", "claude-sonnet-5", "claude-opus-5-1"] {
        let new = sent(Chat, To::Messages, model, &body);
        assert_eq!(
            (&new["temperature"], &new["top_p"]),
            (&json!(null), &json!(null)),
            "{model}"
        );
        assert_eq!(
            told(Chat, To::Messages, model, &body).0,
            "temperature, top_p, presence_penalty, seed"
        );
    }
}

#[test]
fn row_07_temperature_beside_top_p_never_vanishes_silently() {
    let body = json!({"model": "x", "messages": [user()], "temperature": 0.5, "top_p": 0.9});
    let both = sent(Chat, To::Messages, "claude-3-7-sonnet-20250219", &body);
    assert_eq!(
        (&both["temperature"], &both["top_p"]),
        (&json!(0.5), &json!(0.9))
    );
    assert_eq!(
        told(Chat, To::Messages, "claude-3-7-sonnet-20250219", &body),
        Default::default()
    );
    let one = sent(Chat, To::Messages, "claude-sonnet-4-5", &body);
    assert_eq!(
        (&one["temperature"], &one["top_p"]),
        (&json!(0.5), &json!(null))
    );
    assert_eq!(
        told(Chat, To::Messages, "claude-sonnet-4-5", &body).0,
        "top_p"
    );
    for to in [To::Responses, To::Chat] {
        let body = json!({"model": "x", "max_tokens": 5, "messages": [user()], "temperature": 0.5, "top_p": 0.9});
        let sent = sent(Messages, to, "gpt-4o", &body);
        assert_eq!(
            (&sent["temperature"], &sent["top_p"]),
            (&json!(0.5), &json!(0.9))
        );
    }
}

#[test]
fn row_08_stop_is_an_array_without_white_space() {
    let stop = |stop: serde_json::Value| json!({"model": "x", "messages": [user()], "stop": stop});
    let to_messages = |body: &serde_json::Value| {
        sent(Chat, To::Messages, "claude-sonnet-4-5", body)["stop_sequences"].clone()
    };
    assert_eq!(to_messages(&stop(json!("é"))), json!(["é"]));
    let spaces = stop(json!(["a", " \n", "b"]));
    assert_eq!(to_messages(&spaces), json!(["a", "b"]));
    assert_eq!(
        told(Chat, To::Messages, "claude-sonnet-4-5", &spaces).0,
        "stop"
    );
    assert_eq!(to_messages(&stop(json!("\n"))), json!(null));
    assert_eq!(
        sent(Chat, To::Responses, "gpt-4o", &spaces)["stop"],
        json!(null)
    );
    assert_eq!(told(Chat, To::Responses, "gpt-4o", &spaces).0, "stop");
    let five = json!({"model": "x", "max_tokens": 5, "messages": [user()], "stop_sequences": ["1", "2", "3", "4", "5"]});
    assert_eq!(
        sent(Messages, To::Chat, "gpt-4o", &five)["stop"],
        json!(["1", "2", "3", "4"])
    );
    assert_eq!(
        told(Messages, To::Chat, "gpt-4o", &five).1,
        "stop_sequences"
    );
    assert_eq!(
        sent(Messages, To::Gemini, "gemini-2.5-pro", &five)["generationConfig"]["stopSequences"],
        json!(["1", "2", "3", "4", "5"])
    );
}
