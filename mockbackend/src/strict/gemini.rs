//! Gemini's `generateContent`.

use serde_json::Value;

use super::Violation;

pub(super) fn check(body: &Value) -> Result<(), Violation> {
    let turns = body["contents"].as_array().map_or(&[][..], Vec::as_slice);
    if turns.is_empty() {
        return Err(Violation::at(
            "contents",
            "* GenerateContentRequest.contents: contents is not specified",
        ));
    }
    // How many calls the turn before made.
    let mut calls = 0;
    let mut before = "";
    for (index, turn) in turns.iter().enumerate() {
        let place = format!("contents[{index}]");
        // A single turn may leave its role out.
        let role = turn["role"].as_str().unwrap_or("user");
        if !matches!(role, "user" | "model" | "function") {
            return Err(Violation::at(
                format!("{place}.role"),
                "Please use a valid role: user, model.",
            ));
        }
        let parts = turn["parts"].as_array().map_or(&[][..], Vec::as_slice);
        if parts.is_empty() {
            return Err(Violation::at(
                format!("{place}.parts"),
                format!("* GenerateContentRequest.{place}.parts: must not be empty"),
            ));
        }
        for (index, part) in parts.iter().enumerate() {
            check_part(part, &format!("{place}.parts[{index}]"))?;
        }
        let own = count(parts, ["functionCall", "function_call"]);
        let results = count(parts, ["functionResponse", "function_response"]);
        if results != calls {
            return Err(Violation::at(
                place,
                "Please ensure that the number of function response parts is equal to the number \
                 of function call parts of the function call turn.",
            ));
        }
        if own > 0 && (role != "model" || before == "model" || index == 0) {
            return Err(Violation::at(
                place,
                "Please ensure that function call turn comes immediately after a user turn or \
                 after a function response turn.",
            ));
        }
        calls = own;
        before = role;
    }
    Ok(())
}

/// The parts that have a field, in either spelling.
fn count(parts: &[Value], names: [&str; 2]) -> usize {
    let has = |part: &&Value| names.iter().any(|name| part.get(name).is_some());
    parts.iter().filter(has).count()
}

/// A part holds data of one kind; arguments and results are objects.
fn check_part(part: &Value, place: &str) -> Result<(), Violation> {
    const DATA: [[&str; 2]; 7] = [
        ["text", "text"],
        ["inlineData", "inline_data"],
        ["fileData", "file_data"],
        ["functionCall", "function_call"],
        ["functionResponse", "function_response"],
        ["executableCode", "executable_code"],
        ["codeExecutionResult", "code_execution_result"],
    ];
    let kinds = DATA
        .iter()
        .filter(|names| names.iter().any(|name| part.get(name).is_some()))
        .count();
    if kinds != 1 {
        return Err(Violation::at(
            place,
            format!(
                "* GenerateContentRequest.{place}.data: required oneof field 'data' must have one initialized field"
            ),
        ));
    }
    for (names, field) in [(DATA[3], "args"), (DATA[4], "response")] {
        let Some(call) = names.iter().find_map(|name| part.get(name)) else {
            continue;
        };
        if call["name"].as_str().unwrap_or_default().is_empty() {
            return Err(Violation::at(
                format!("{place}.{}.name", names[1]),
                format!(
                    "* GenerateContentRequest.{place}.{}.name: Name cannot be empty.",
                    names[1]
                ),
            ));
        }
        let object = &call[field];
        if !(object.is_object() || (object.is_null() && field == "args")) {
            return Err(Violation::at(
                format!("{place}.{}.{field}", names[1]),
                format!(
                    "Invalid value at '{place}.{}.{field}' (type.googleapis.com/google.protobuf.Struct)",
                    names[1]
                ),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(turns: &[&str]) -> Option<String> {
        let body = format!(r#"{{"contents":[{}]}}"#, turns.join(","));
        let violation = check(&serde_json::from_str(&body).unwrap()).err()?;
        violation.param
    }

    const USER: &str = r#"{"role":"user","parts":[{"text":"?"}]}"#;
    const CALL: &str = r#"{"role":"model","parts":[{"functionCall":{"name":"f","args":{}},"thoughtSignature":"s"}]}"#;
    const RESULT: &str =
        r#"{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"a":1}}}]}"#;

    #[test]
    fn right_conversations_pass() {
        assert_eq!(place(&[r#"{"parts":[{"text":"?"}]}"#]), None);
        assert_eq!(place(&[USER, USER]), None);
        assert_eq!(place(&[USER, CALL, RESULT, USER, CALL, RESULT]), None);
        assert_eq!(place(&[USER, CALL]), None);
    }

    #[test]
    fn each_fault_is_refused_at_its_place() {
        for (turns, expected) in [
            (&[][..], "contents"),
            (
                &[r#"{"role":"assistant","parts":[{"text":"?"}]}"#],
                "contents[0].role",
            ),
            (&[r#"{"role":"user","parts":[]}"#], "contents[0].parts"),
            (
                &[r#"{"role":"user","parts":[{"text":"a","inlineData":{}}]}"#],
                "contents[0].parts[0]",
            ),
            (&[r#"{"role":"user","parts":[{}]}"#], "contents[0].parts[0]"),
            (&[USER, RESULT], "contents[1]"),
            (&[USER, CALL, USER], "contents[2]"),
            (&[CALL], "contents[0]"),
            (
                &[
                    USER,
                    r#"{"role":"model","parts":[{"functionCall":{"name":"f","args":"{}"}}]}"#,
                ],
                "contents[1].parts[0].function_call.args",
            ),
            (
                &[
                    USER,
                    CALL,
                    r#"{"role":"user","parts":[{"functionResponse":{"name":"f","response":"1"}}]}"#,
                ],
                "contents[2].parts[0].function_response.response",
            ),
            (
                &[
                    USER,
                    r#"{"role":"model","parts":[{"functionCall":{"name":"","args":{}}}]}"#,
                ],
                "contents[1].parts[0].function_call.name",
            ),
        ] {
            assert_eq!(place(turns).as_deref(), Some(expected), "{turns:?}");
        }
    }
}
