//! How long, how many, how often.

use std::time::Duration;

/// What clients may take of the gateway.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// The largest request body that is read.
    pub(crate) max_body_bytes: usize,
    /// So many requests are worked on at once; more are refused with 503.
    pub(crate) max_in_flight: usize,
    /// How long a connection may take to send a request's head, or lie idle before it.
    pub(crate) header_timeout: Duration,
    /// How long nothing may come of a request's body.
    pub(crate) body_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // As Anthropic's own limit.
            max_body_bytes: 32 * 1024 * 1024,
            max_in_flight: 10_000,
            // Longer than the SDKs' HTTP clients keep an idle connection.
            header_timeout: Duration::from_secs(75),
            body_timeout: Duration::from_secs(30),
        }
    }
}

/// How long a provider may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timeouts {
    /// For a connection, its name look-up and TLS handshake included.
    pub(crate) connect: Duration,
    /// Until an answer begins: the first event of a stream, else the head.
    pub(crate) first_byte: Duration,
    /// For nothing to come in the middle of an answer; `None` is for ever.
    pub(crate) idle: Option<Duration>,
    /// For a whole answer that is no stream, all tries together; `None` is for ever.
    pub(crate) total: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            // What OpenAI's SDKs wait.
            first_byte: Duration::from_secs(600),
            idle: Some(Duration::from_secs(300)),
            total: Some(Duration::from_secs(600)),
        }
    }
}

/// When a try failed before the client was told anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Retries {
    /// So many further tries at a model's own targets. 0 by default: the official SDKs retry
    /// twice themselves, and tries at two places multiply.
    pub(crate) max: u32,
    /// Before the first further try at the same target; doubles with each, and is shortened at
    /// random by up to a half.
    pub(crate) wait: Duration,
    /// The longest wait, also when a provider's `retry-after` asks for more: then the answer is
    /// passed on instead, or the next fallback tried.
    pub(crate) max_wait: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            max: 0,
            wait: Duration::from_millis(250),
            max_wait: Duration::from_secs(5),
        }
    }
}

/// When a provider is left alone because it keeps failing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Breaker {
    /// So many failures in a row open it; 0 switches it off.
    pub(crate) failures: u32,
    /// How long it stays open; then one request may try.
    pub(crate) cooldown: Duration,
}

impl Default for Breaker {
    fn default() -> Self {
        Self {
            failures: 10,
            cooldown: Duration::from_secs(10),
        }
    }
}
