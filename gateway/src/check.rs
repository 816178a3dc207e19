//! `gateway check`: what a configuration means, in a few lines, without any key.

use std::fmt::{self, Display, Formatter};

use crate::config::{ClientKey, Config, Key, Model, ModelTarget, Provider, Source};

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
            write_model(f, config, model)?;
        }
        for key in &config.keys {
            write_key(f, key)?;
        }
        if config.keys.is_empty() {
            f.write_str("no client keys: everybody is served\n")?;
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

fn write_model(f: &mut Formatter<'_>, config: &Config, model: &Model) -> fmt::Result {
    let place = |target: &ModelTarget| {
        let provider = &config.providers[target.provider].name;
        format!("{provider}/{}", target.upstream)
    };
    let weighted = |target: &ModelTarget| match model.targets.len() {
        1 => place(target),
        _ => format!("{} (weight {})", place(target), target.weight),
    };
    let targets: Vec<_> = model.targets.iter().map(weighted).collect();
    write!(f, "model {}", model.name)?;
    for alias in &model.aliases {
        write!(f, " = {alias}")?;
    }
    write!(f, " -> {}", targets.join(" | "))?;
    for target in &model.fallbacks {
        write!(f, ", else {}", place(target))?;
    }
    writeln!(f)
}

fn write_key(f: &mut Formatter<'_>, key: &ClientKey) -> fmt::Result {
    write!(f, "key {}: ", key.name)?;
    match &key.models {
        None => f.write_str("all models")?,
        Some(models) => {
            let models: Vec<_> = models.iter().map(ToString::to_string).collect();
            f.write_str(&models.join(", "))?;
        }
    }
    match key.requests_per_minute {
        Some(most) => writeln!(f, ", {most} requests a minute"),
        None => writeln!(f),
    }
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
