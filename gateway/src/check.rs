//! `gateway check`: what a configuration means, in a few lines, without any key.

use std::fmt::{self, Display, Formatter};

use crate::config::{Config, Key, Provider, Source};

/// The summary of a configuration.
pub(crate) struct Summary<'a>(pub(crate) &'a Config);

impl Display for Summary<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let config = self.0;
        match &config.source {
            Source::File(path) => writeln!(f, "{}: ok", path.display())?,
            Source::Environment => writeln!(f, "environment: ok")?,
        }
        writeln!(f, "listen {}", config.listen)?;
        for provider in &config.providers {
            write_provider(f, provider)?;
        }
        for model in &config.models {
            let provider = &config.providers[model.provider].name;
            writeln!(f, "model {} -> {provider}/{}", model.name, model.upstream)?;
        }
        Ok(())
    }
}

fn write_provider(f: &mut Formatter<'_>, provider: &Provider) -> fmt::Result {
    let dialects: Vec<_> = provider
        .dialects
        .iter()
        .map(|dialect| dialect.name())
        .collect();
    let Provider { name, base_url, .. } = provider;
    writeln!(
        f,
        "provider {name}: {} at {base_url}, {}",
        dialects.join(" and "),
        KeyState(&provider.key)
    )
}

struct KeyState<'a>(&'a Key);

impl Display for KeyState<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (&self.0.variable, &self.0.value) {
            (Some(variable), Some(_)) => write!(f, "key from {variable} (set)"),
            (Some(variable), None) => {
                write!(
                    f,
                    "key from {variable} (not set: the client's key is passed on)"
                )
            }
            (None, _) => f.write_str("no key: the client's is passed on"),
        }
    }
}
