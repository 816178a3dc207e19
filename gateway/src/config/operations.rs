//! How the gateway is seen and run: log, metrics, usage, silence in streams, the stop.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use crate::access_log::LogTo;

/// The tables of the file that concern this, checked; each has its default.
#[derive(Clone, Debug, Default)]
pub(crate) struct Operations {
    pub(crate) log: Log,
    pub(crate) metrics: Metrics,
    pub(crate) usage: Usage,
    pub(crate) stream: Stream,
    pub(crate) shutdown_timeout: ShutdownTimeout,
}

/// `[log]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Log {
    pub(crate) to: LogTo,
}

/// `[metrics]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Metrics {
    /// Whether `/metrics` is told without a client's key also where there are keys.
    pub(crate) open: bool,
}

/// `[usage]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Usage {
    /// Whether the usage of a Chat stream is asked for where the client did not.
    pub(crate) ask: bool,
}

impl Default for Usage {
    fn default() -> Self {
        Self { ask: true }
    }
}

/// `[stream]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Stream {
    pub(crate) keepalive: Keepalive,
}

/// After how much silence a client is told that its stream still lives; `None` for never.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Keepalive(pub(crate) Option<Duration>);

impl Default for Keepalive {
    fn default() -> Self {
        Self(Some(Duration::from_secs(15)))
    }
}

impl TryFrom<String> for Keepalive {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let silence = duration(&text)?;
        Ok(Self((!silence.is_zero()).then_some(silence)))
    }
}

/// How long requests may take to finish after the signal to stop.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct ShutdownTimeout(pub(crate) Duration);

impl Default for ShutdownTimeout {
    fn default() -> Self {
        Self(Duration::from_secs(30))
    }
}

impl TryFrom<String> for ShutdownTimeout {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        duration(&text).map(Self)
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|error| {
        format!("must be a duration, such as \"15s\", or \"0s\" for none: {error}")
    })
}

impl<'de> Deserialize<'de> for LogTo {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.as_str() {
            "stdout" => Ok(Self::Stdout),
            "stderr" => Ok(Self::Stderr),
            "off" => Ok(Self::Nowhere),
            // Anything else would make a misspelt word a file.
            path if path.starts_with('/') || path.starts_with("./") => {
                Ok(Self::File(PathBuf::from(path)))
            }
            _ => Err(serde::de::Error::custom(
                "must be \"stdout\", \"stderr\", \"off\" or a file's path that begins with `/` or `./`",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_may_be() {
        let log = |text: &str| toml::from_str::<Log>(text).map(|log| log.to);
        assert_eq!(log("").unwrap(), LogTo::Stdout);
        assert_eq!(log("to = \"off\"").unwrap(), LogTo::Nowhere);
        assert_eq!(
            log("to = \"/var/log/gateway\"").unwrap(),
            LogTo::File("/var/log/gateway".into())
        );
        for wrong in ["to = \"stdot\"", "to = 1", "two = \"off\""] {
            assert!(log(wrong).is_err(), "{wrong}");
        }
        let stream = |text: &str| toml::from_str::<Stream>(text).map(|stream| stream.keepalive.0);
        assert_eq!(stream("").unwrap(), Some(Duration::from_secs(15)));
        assert_eq!(stream("keepalive = \"0s\"").unwrap(), None);
        assert_eq!(
            stream("keepalive = \"200ms\"").unwrap(),
            Some(Duration::from_millis(200))
        );
        assert!(stream("keepalive = \"soon\"").is_err());
        assert!(toml::from_str::<Usage>("").unwrap().ask);
    }
}
