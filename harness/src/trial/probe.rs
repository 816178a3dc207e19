//! One request, to see whether an entrant answers right yet.

use std::sync::Arc;
use std::time::Duration;

use reqwest::blocking::Client;
use workload::{
    AnswerCheck, BENCH_API_KEY, DEFAULT_CHUNKS, DEFAULT_PROMPT, EndOfBody, Expected, Outcome,
    RequestSpec, Script, Workload,
};

use crate::entrant::{Secrets, Target};

/// How long one attempt may take.
const LIMIT: Duration = Duration::from_secs(1);
/// How much of an error's body is shown.
const SHOWN: usize = 300;

/// A request that can be sent again and again.
#[derive(Debug)]
pub struct Probe {
    client: Client,
    url: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    secrets: Secrets,
    expected: Arc<Expected>,
}

impl Probe {
    /// The client of probes; made before an entrant is started, so that
    /// making it is not counted.
    ///
    /// # Errors
    /// The HTTP client's words when it cannot be made.
    pub fn client() -> Result<Client, String> {
        Client::builder()
            .timeout(LIMIT)
            .no_proxy()
            .build()
            .map_err(|error| error.to_string())
    }

    /// A probe of `workload` at `target`.
    pub fn new(
        client: Client,
        target: &Target,
        workload: Workload,
        published_preset: bool,
    ) -> Self {
        let spec = RequestSpec::new(workload, &target.model, DEFAULT_PROMPT, BENCH_API_KEY);
        let path = target
            .paths
            .iter()
            .find(|(dialect, _)| *dialect == workload.dialect)
            .map_or(workload.dialect.path(), |(_, path)| path);
        let mut headers: Vec<(String, String)> = spec
            .headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .filter(|(name, _)| {
                !target
                    .headers
                    .iter()
                    .any(|(own, _)| own.eq_ignore_ascii_case(name))
            })
            .collect();
        headers.extend(target.headers.iter().cloned());
        let script = if published_preset {
            Script::published_2026_06()
        } else {
            Script::stamped(DEFAULT_CHUNKS)
        };
        Self {
            client,
            url: format!("{}{path}", target.base_url),
            headers,
            body: spec.body,
            secrets: target.secrets.clone(),
            expected: Arc::new(Expected::new(workload, &script)),
        }
    }

    /// Sends the request once.
    ///
    /// # Errors
    /// What came instead of a right answer, in words.
    pub fn attempt(&self) -> Result<(), String> {
        let mut request = self.client.post(&self.url).body(self.body.clone());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let response = request.send().map_err(|error| innermost(&error))?;
        let status = response.status();
        let body = response.bytes().map_err(|error| innermost(&error))?;
        if status != 200 {
            // Before it is cut, where half of a secret may be left.
            let body = self.secrets.hide(&String::from_utf8_lossy(&body));
            let begin: String = body.trim().chars().take(SHOWN).collect();
            return Err(format!("status {status}: {begin}"));
        }
        let mut check = AnswerCheck::new(Arc::clone(&self.expected));
        check.feed(&body, &mut ());
        match check.finish(EndOfBody::Framed, &mut ()) {
            Outcome::Ok => Ok(()),
            outcome => Err(format!("{outcome}: {}", check.reason().unwrap_or_default())),
        }
    }
}

/// The cause at the bottom, which says the most in the fewest words.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
