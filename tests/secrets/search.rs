//! Looks for secrets in what a program told: its log, its metrics, its errors. Each is looked for
//! as it is and as it may be written: with the escapes of JSON or of a URL, in base64, in
//! hexadecimal digits, in capitals; and of a long one each half too, because texts are cut.
//!
//! Included by the tests that use it; `main.rs` beside it is the same as a program.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Half a secret is looked for from this length on: shorter ones may stand anywhere.
const SHORTEST_HALF_BYTES: usize = 8;

/// The secrets of `secrets` that are told in `told`.
pub(crate) fn found<'s>(told: &str, secrets: &[&'s str]) -> Vec<&'s str> {
    let mut texts = vec![told.to_owned()];
    for line in told.lines() {
        if let Ok(value) = serde_json::from_str(line) {
            strings(&value, &mut texts);
        }
    }
    let unescaped: Vec<String> = texts
        .iter()
        .filter_map(|text| percent_decoded(text))
        .collect();
    texts.extend(unescaped);
    // Base64 has no blanks, and its two alphabets differ in two letters.
    let coded: String = told
        .chars()
        .map(|letter| match letter {
            '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    for text in &mut texts {
        text.make_ascii_lowercase();
    }
    let is_told = |secret: &&&str| {
        let parts = parts(secret);
        let plain = parts
            .iter()
            .any(|part| texts.iter().any(|text| text.contains(part.as_str())));
        plain
            || in_base64(secret)
                .iter()
                .any(|part| coded.contains(part.as_str()))
    };
    secrets.iter().filter(is_told).copied().collect()
}

/// The texts in a JSON value, names of members included.
fn strings(value: &serde_json::Value, to: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => to.push(text.clone()),
        serde_json::Value::Array(items) => items.iter().for_each(|item| strings(item, to)),
        serde_json::Value::Object(members) => {
            for (name, value) in members {
                to.push(name.clone());
                strings(value, to);
            }
        }
        _ => {}
    }
}

/// `text` with the escapes of a URL undone, where it has any.
fn percent_decoded(text: &str) -> Option<String> {
    if !text.contains('%') {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after
            .get(..2)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        let escaped = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escaped {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// What is looked for of a secret, in lower case.
fn parts(secret: &str) -> Vec<String> {
    let hexadecimal = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let secret = secret.to_ascii_lowercase();
    let mut parts = vec![secret.clone(), hexadecimal];
    if let Some((first, second)) = secret.split_at_checked(secret.len() / 2)
        && first.len() >= SHORTEST_HALF_BYTES
    {
        parts.extend([first.to_owned(), second.to_owned()]);
    }
    parts
}

/// A secret in base64: three spellings, by how many bytes stand before it, without the letters
/// that also depend on its neighbours.
fn in_base64(secret: &str) -> [String; 3] {
    [0, 1, 2].map(|before| {
        let text = STANDARD_NO_PAD.encode([&b"\0\0"[..before], secret.as_bytes()].concat());
        let own = (before * 8).div_ceil(6)..(before + secret.len()) * 8 / 6;
        text[own].to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRETS: [&str; 3] = ["sk-Zebra/okapi-417", "short-9", "nowhere-to-be-seen"];

    #[test]
    fn a_planted_secret_is_found_however_it_is_written() {
        for told in [
            "key sk-Zebra/okapi-417 refused",
            "KEY SK-ZEBRA/OKAPI-417",
            r#"{"a":[{"path":"sk-Zebr\u0061\/okapi-\u0034\u00317"}]}"#,
            "{\"good\":1}\n{\"sk-\\u005aebra/okapi-417\":1}\n",
            "/p/x/sk-Zebra%2Fokapi%2d417?a=%",
            r#"{"path":"sk\u002dZebra%2Fokapi-417"}"#,
            "736b2d5a656272612f6f6b6170692d343137",
            // Cut for the log.
            "model=sk-Zebra/",
            "okapi-417",
        ] {
            assert_eq!(found(told, &SECRETS), ["sk-Zebra/okapi-417"], "{told}");
        }
        assert_eq!(found("a short-9 b", &SECRETS), ["short-9"]);
    }

    #[test]
    fn a_planted_secret_is_found_in_base64() {
        for before in ["", "u", "u:", "user:"] {
            for after in ["", ":", "::"] {
                let text = format!("{before}{}{after}", SECRETS[0]);
                for coded in [
                    base64::engine::general_purpose::STANDARD.encode(&text),
                    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&text),
                ] {
                    let told = format!("{{\"auth\":\"Basic {coded}\"}}");
                    assert_eq!(found(&told, &SECRETS), [SECRETS[0]], "{told}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_secret_is_not_found() {
        let told = "{\"path\":\"/v1/chat\",\"model\":\"sk-Zeb\"}\nshort- 9 okapi sk-zebra%";
        assert_eq!(found(told, &SECRETS), [""; 0]);
    }
}
