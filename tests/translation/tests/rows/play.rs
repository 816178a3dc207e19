//! Playing a row's cases through the gateway.

use std::io::{Read, Write};
use std::time::Instant;

use translation_tests::client::{Answer, PATIENCE, ask, connect, request};
use translation_tests::json::{Json, Run, now};
use translation_tests::programs::Program;
use translation_tests::sse::{events, is_stream, pieces};

use crate::case::{Case, Row, read};
use crate::plain::Plain;

/// By what the client's request, and the gateway's errors in Messages, are known.
const REQUEST_ID: &str = "row";

/// What was not as it must be, in words.
type Wrong = Vec<String>;

/// Plays every case of the row `name`; panics with all that was wrong.
pub(crate) fn row(name: &str) {
    let row: Row = read(name);
    let plain = Plain::read();
    let mock = Program::mock(&[]);
    let gateway = Program::gateway(mock.address, "");
    let mut wrong = Wrong::new();
    for case in &row.case {
        let scene = Scene::new(case, &plain, &mock, &gateway);
        let found = match &case.leaves_after {
            None => scene.play(),
            Some(text) => scene.leave(text),
        };
        wrong.extend(
            found
                .into_iter()
                .map(|what| format!("{}: {what}", case.name)),
        );
    }
    assert!(wrong.is_empty(), "{name}\n{}", wrong.join("\n"));
}

struct Scene<'s> {
    case: &'s Case,
    plain: &'s Plain,
    mock: &'s Program,
    gateway: &'s Program,
    /// The provider's letter and what it calls the model.
    provider: String,
    model: String,
    streams: bool,
    body: String,
}

impl<'s> Scene<'s> {
    fn new(case: &'s Case, plain: &'s Plain, mock: &'s Program, gateway: &'s Program) -> Self {
        let body = case.request.trim().to_owned();
        let json = Json::read(&body).ok();
        let member = |name: &str| json.as_ref().and_then(|json| json.get(name));
        let model = member("model").and_then(Json::text).unwrap_or("-/-");
        let (provider, model) = model.split_once('/').expect("a provider before the model");
        Self {
            case,
            plain,
            mock,
            gateway,
            provider: provider.to_owned(),
            model: model.to_owned(),
            streams: member("stream") == Some(&Json::Word("true".to_owned())),
            body,
        }
    }

    fn play(&self) -> Wrong {
        let case = self.case;
        let (plain_answer, plain_told) = match (&case.answer, &case.told) {
            (Some(answer), Some(told)) => (answer.clone(), told.clone()),
            // Of a request that is refused there is no answer.
            (None, Some(told)) if case.upstream.is_none() => (String::new(), told.clone()),
            (None, None) => self.plain.answer(case, &self.provider),
            _ => panic!("{}: an answer without what is told of it", case.name),
        };
        self.script(&plain_answer);
        let begun = now();
        let answer = ask(
            self.gateway.address,
            &format!("POST {}", path(&case.client)),
            &self.headers(),
            self.body.as_bytes(),
        );
        let run = Run {
            begun,
            body_bytes: self.body.len(),
        };
        let mut wrong = self.upstream(run);
        wrong.extend(self.told(&answer, &plain_told, run));
        wrong
    }

    /// The client goes away in the middle.
    fn leave(&self, after: &str) -> Wrong {
        self.script(self.case.answer.as_deref().expect("an answer to leave"));
        let mut tcp = connect(self.gateway.address);
        let line = format!("POST {}", path(&self.case.client));
        tcp.write_all(&request(&line, &self.headers(), self.body.as_bytes()))
            .unwrap();
        let (mut heard, mut piece) = (Vec::new(), [0; 4096]);
        while !String::from_utf8_lossy(&heard).contains(after) {
            let count = tcp.read(&mut piece).unwrap();
            assert!(count > 0, "{}", String::from_utf8_lossy(&heard));
            heard.extend_from_slice(&piece[..count]);
        }
        drop(tcp);
        let run = Run {
            begun: now(),
            body_bytes: self.body.len(),
        };
        let wrong = self.upstream(run);
        let left = Instant::now();
        while self
            .log()
            .first()
            .and_then(|entry| entry.get("end"))
            .is_none()
        {
            if left.elapsed() > PATIENCE {
                return vec!["the provider was left at work".to_owned()];
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        let log = self.log();
        match log[0].get("end").and_then(Json::text) {
            Some("client_gone") => wrong,
            end => vec![format!("the provider's answer ended as {end:?}")],
        }
    }

    /// Has the mock forget what was, and say `answer` next.
    fn script(&self, answer: &str) {
        let post = |path: &str, body: String| {
            let told = ask(
                self.mock.address,
                &format!("POST {path}"),
                &[],
                body.as_bytes(),
            );
            assert_eq!(told.status, 200, "{}", told.body);
        };
        post("/__reset", String::new());
        let headers = serde_json::to_string(&self.case.answer_headers).unwrap();
        let content = if is_stream(answer) {
            format!(
                "\"events\":{}",
                serde_json::to_string(&pieces(answer)).unwrap()
            )
        } else {
            format!("\"body\":{}", serde_json::to_string(answer.trim()).unwrap())
        };
        let status = self.case.answer_status;
        post(
            "/__answer",
            format!("{{\"status\":{status},\"headers\":{headers},{content}}}"),
        );
    }

    fn headers(&self) -> Vec<(String, String)> {
        let own = [
            ("content-type", "application/json"),
            ("x-request-id", REQUEST_ID),
            ("authorization", "Bearer clients-key"),
        ];
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut headers = Vec::from(own);
        for (name, value) in &self.case.headers {
            headers.push((name.clone(), value.clone()));
        }
        headers
    }

    /// The mock's journal.
    fn log(&self) -> Vec<Json> {
        let log = ask(self.mock.address, "GET /__log", &[], b"");
        match Json::read(&log.body) {
            Ok(Json::Array(entries)) => entries,
            _ => panic!("no journal: {}", log.body),
        }
    }

    /// Holds what the provider got against what it must get.
    fn upstream(&self, run: Run) -> Wrong {
        let log = self.log();
        let Some(expected) = &self.case.upstream else {
            let asked = log
                .iter()
                .map(|entry| format!("the provider was asked: {entry}"));
            return asked.collect();
        };
        let [entry] = log.as_slice() else {
            return vec![format!("{} requests reached the provider", log.len())];
        };
        let mut wrong = Wrong::new();
        let text = |name: &str| entry.get(name).and_then(Json::text).unwrap_or_default();
        let (method, path) = (text("method"), text("path"));
        let expected_path = provider_path(&self.provider, &self.model, self.streams);
        if (method, path) != ("POST", &expected_path) {
            wrong.push(format!(
                "the provider was asked {method} {path}, not {expected_path}"
            ));
        }
        wrong.extend(self.upstream_headers(entry));
        let expected = Json::read(expected).unwrap_or_else(|why| panic!("{why}: {expected}"));
        match Json::read(text("body")) {
            Ok(got) => {
                let found = expected.differences(&got, run);
                wrong.extend(found.into_iter().map(|what| format!("upstream {what}")));
            }
            Err(why) => wrong.push(format!("upstream is no JSON: {why}")),
        }
        wrong
    }

    /// The provider gets its own key where it looks for it, and none of the client's.
    fn upstream_headers(&self, entry: &Json) -> Wrong {
        let Some(Json::Array(fields)) = entry.get("headers") else {
            return vec!["the journal has no headers".to_owned()];
        };
        let fields: Vec<(String, &str)> = fields
            .iter()
            .filter_map(|field| match field {
                Json::Array(pair) => Some((pair[0].text()?.to_ascii_lowercase(), pair[1].text()?)),
                _ => None,
            })
            .collect();
        let value = |name: &str| {
            let found = fields.iter().find(|(other, _)| other == name);
            found.map(|(_, value)| *value)
        };
        // The journal shows the beginning of a secret alone.
        const KEY: &str = "pro…(13 bytes)";
        let bearer = format!("Bearer {KEY}");
        let key = |at: &str| (at == self.provider).then_some(KEY);
        let openai = matches!(self.provider.as_str(), "c" | "r");
        let mut wrong = Wrong::new();
        for (name, expected) in [
            ("content-type", Some("application/json")),
            ("x-request-id", Some(REQUEST_ID)),
            ("authorization", openai.then_some(bearer.as_str())),
            ("x-api-key", key("m")),
            ("x-goog-api-key", key("g")),
            (
                "anthropic-version",
                (self.provider == "m").then_some("2023-06-01"),
            ),
            ("accept-encoding", None),
        ] {
            if value(name) != expected {
                wrong.push(format!(
                    "upstream {name}: {:?}, not {expected:?}",
                    value(name)
                ));
            }
        }
        wrong
    }

    /// Holds what the client was told against what it must be told.
    fn told(&self, answer: &Answer, expected: &str, run: Run) -> Wrong {
        let case = self.case;
        let mut wrong = Wrong::new();
        if answer.status != case.status || !answer.whole {
            wrong.push(format!("status {}: {}", answer.status, answer.body));
        }
        let kind = if is_stream(expected) {
            "text/event-stream; charset=utf-8"
        } else {
            "application/json"
        };
        let mut headers = vec![
            ("content-type", Some(kind)),
            ("x-tollgate-dropped", case.dropped.as_deref()),
            ("x-tollgate-changed", case.changed.as_deref()),
        ];
        let more = case.told_headers.iter();
        headers.extend(more.map(|(name, value)| (name.as_str(), Some(value.as_str()))));
        for (name, value) in headers {
            let (told, value) = (answer.header(name), value.filter(|value| !value.is_empty()));
            if told != value {
                wrong.push(format!("{name}: {told:?}, not {value:?}"));
            }
        }
        if is_stream(expected) {
            wrong.extend(self.told_events(&answer.body, expected, run));
            return wrong;
        }
        let expected = Json::read(expected).unwrap_or_else(|why| panic!("{why}: {expected}"));
        match Json::read(&answer.body) {
            Ok(got) => {
                let found = self.with_echo(expected).differences(&got, run);
                wrong.extend(found.into_iter().map(|what| format!("told {what}")));
            }
            Err(why) => wrong.push(format!("told is no JSON: {why}")),
        }
        wrong
    }

    fn told_events(&self, got: &str, expected: &str, run: Run) -> Wrong {
        let (expected, got) = (events(expected), events(got));
        let mut wrong = Wrong::new();
        if expected.len() != got.len() {
            wrong.push(format!("{} events, not {}", got.len(), expected.len()));
        }
        for (index, (expected, got)) in expected.into_iter().zip(&got).enumerate() {
            if expected.name != got.name {
                wrong.push(format!("event {index} is {got}"));
                continue;
            }
            let found = self.with_echo(expected.data).differences(&got.data, run);
            wrong.extend(
                found
                    .into_iter()
                    .map(|what| format!("event {index} {what}")),
            );
        }
        if !wrong.is_empty() {
            let all: Vec<String> = got.iter().map(ToString::to_string).collect();
            wrong.push(format!("all that was told:\n{}", all.join("\n")));
        }
        wrong
    }

    fn with_echo(&self, json: Json) -> Json {
        let own = self.case.echo.as_ref();
        [Some(&self.plain.echo), own]
            .into_iter()
            .flatten()
            .fold(json, |json, echo| {
                let echo = Json::read(echo).unwrap_or_else(|why| panic!("{why}: {echo}"));
                json.with_in("response", &echo)
            })
    }
}

/// Where the gateway serves a dialect.
fn path(client: &str) -> &'static str {
    match client {
        "chat" => "/v1/chat/completions",
        "responses" => "/v1/responses",
        "messages" => "/v1/messages",
        other => panic!("no client speaks {other}"),
    }
}

/// Where a provider is asked for `model`.
fn provider_path(provider: &str, model: &str, streams: bool) -> String {
    match (provider, streams) {
        ("c", _) => "/v1/chat/completions".to_owned(),
        ("r", _) => "/v1/responses".to_owned(),
        ("m", _) => "/v1/messages".to_owned(),
        (_, false) => format!("/v1beta/models/{model}:generateContent"),
        (_, true) => format!("/v1beta/models/{model}:streamGenerateContent?alt=sse"),
    }
}
