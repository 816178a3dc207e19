//! What the form of a manifest cannot say: that its parts fit together.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use super::diagnosis::{Fields, ManifestError};
use super::folder::{Folder, MANIFEST};
use super::manifest::{Container, Manifest};
use super::placeholders::{self, OF_A_CONTAINER, OF_A_SETUP, OF_A_START};

/// Reads and checks the manifest in `folder`.
///
/// # Errors
/// The first fault, with its place and the field's name.
pub(super) fn read(name: &str, folder: &Folder, text: &str) -> Result<Manifest, ManifestError> {
    let file = folder.path().join(MANIFEST);
    let manifest: Manifest =
        toml::from_str(text).map_err(|error| ManifestError::of_toml(&file, text, &error))?;
    // It was read a moment ago, so it is TOML.
    let Some(fields) = Fields::of(text) else {
        return Err(ManifestError::at(&file, text, 0, "not TOML"));
    };
    let faults = name_fault(name)
        .into_iter()
        .chain(kind_fault(&manifest))
        .chain(value_faults(&manifest))
        .chain(file_faults(&manifest, folder))
        .next();
    if let Some(Fault { field, message }) = faults {
        let offset = fields.offset_of(&field);
        return Err(ManifestError::at(&file, text, offset, message));
    }
    check_placeholders(&file, text, &fields)?;
    for (name, source) in &manifest.files {
        let path = folder.path().join(source);
        let text = folder.read(source).unwrap_or_default();
        let in_container = |container: &Container| container.mounts.values().any(|one| one == name);
        let known: &[&str] = match manifest.container.as_ref().is_some_and(in_container) {
            true => &OF_A_CONTAINER,
            false => &OF_A_START,
        };
        placeholders::check(&text, known)
            .map_err(|error| ManifestError::at(&path, &text, error.at, error.to_string()))?;
    }
    Ok(manifest)
}

struct Fault {
    field: String,
    message: String,
}

fn fault(field: impl Into<String>, message: impl AsRef<str>) -> Fault {
    let field = field.into();
    let message = format!("`{field}`: {}", message.as_ref());
    Fault { field, message }
}

fn name_fault(name: &str) -> Option<Fault> {
    let good = name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    (!good).then(|| Fault {
        field: String::new(),
        message: format!(
            "the folder's name `{name}` is the entrant's: small letters, digits and `-`, \
             a letter first"
        ),
    })
}

fn kind_fault(manifest: &Manifest) -> Option<Fault> {
    let started = manifest.process.is_some() || manifest.container.is_some();
    match (manifest.direct, started) {
        (true, true) => Some(fault(
            "direct",
            "nothing is started, so there can be no [process] and no [container]",
        )),
        (false, false) => Some(Fault {
            field: String::new(),
            message: "missing field `process` or `container`: how is it started?".into(),
        }),
        _ => None,
    }
}

fn value_faults(manifest: &Manifest) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (field, text) in [
        ("title", &manifest.title),
        ("runtime", &manifest.runtime),
        ("model", &manifest.model),
    ] {
        if text.trim().is_empty() {
            faults.push(fault(field, "is empty"));
        }
    }
    faults.extend(header_faults("headers", &manifest.headers));
    let crossings = manifest.translation.iter().flat_map(|(client, providers)| {
        let providers = providers.iter();
        providers.map(move |(provider, one)| (format!("translation.{client}.{provider}"), one))
    });
    for (field, crossing) in crossings.clone() {
        let headers = format!("{field}.headers");
        faults.extend(header_faults(&headers, &crossing.headers));
        if crossing
            .model
            .as_ref()
            .is_some_and(|model| model.trim().is_empty())
        {
            faults.push(fault(format!("{field}.model"), "is empty"));
        }
    }
    let paths = manifest.paths.iter();
    let paths = paths.map(|(dialect, path)| (format!("paths.{dialect}"), path));
    let crossed =
        crossings.filter_map(|(field, one)| Some((format!("{field}.path"), one.path.as_ref()?)));
    let paths = paths.chain(crossed);
    let ready = manifest.ready.path.iter();
    let ready = ready.map(|path| ("ready.path".to_owned(), path));
    for (field, path) in paths.chain(ready) {
        if !path.starts_with('/') {
            faults.push(fault(field, "a path begins with `/`"));
        }
    }
    if let Some(setup) = &manifest.setup {
        faults.extend(empty_command("setup.steps", &setup.steps));
    }
    if let Some(process) = &manifest.process {
        let commands = [&process.command];
        let empty = commands.iter().any(|command| command.is_empty());
        faults.extend(empty.then(|| fault("process.command", "names no program")));
        if process.version.as_ref().is_some_and(Vec::is_empty) {
            faults.push(fault("process.version", "names no program"));
        }
        let installed = process.command.iter().chain(&process.needs);
        if manifest.setup.is_none() && installed.clone().any(|text| text.contains("{install}")) {
            faults.push(fault(
                "process.command",
                "uses {install}, but there is no [setup] that installs it",
            ));
        }
    }
    if let Some(container) = &manifest.container {
        for (field, words) in [
            ("container.version", &container.version),
            ("container.entrypoint", &container.entrypoint),
        ] {
            if words.as_ref().is_some_and(Vec::is_empty) {
                faults.push(fault(field, "names no program"));
            }
        }
        if container.image.trim().is_empty() {
            faults.push(fault("container.image", "is empty"));
        }
        if container.port == 0 {
            faults.push(fault("container.port", "is no port"));
        }
        for path in container.mounts.keys().chain(&container.data) {
            if !path.starts_with('/') {
                let field = format!("container.mounts.{path}");
                faults.push(fault(field, "a path inside begins with `/`"));
            }
        }
    }
    let process = manifest.process.iter().map(|process| &process.env);
    let container = manifest.container.iter().map(|container| &container.env);
    for (table, env) in process
        .map(|env| ("process", env))
        .chain(container.map(|env| ("container", env)))
    {
        for (name, value) in env {
            if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
                faults.push(fault(
                    format!("{table}.env.{name}"),
                    "is no environment variable",
                ));
            }
        }
    }
    faults
}

fn header_faults(table: &str, headers: &BTreeMap<String, String>) -> Vec<Fault> {
    let wrong = headers
        .iter()
        .filter(|(name, value)| !is_header_name(name) || value.chars().any(char::is_control));
    wrong
        .map(|(name, _)| fault(format!("{table}.{name}"), "is no HTTP header"))
        .collect()
}

fn empty_command(field: &str, commands: &[Vec<String>]) -> Option<Fault> {
    if commands.is_empty() {
        return Some(fault(field, "holds no command"));
    }
    let empty = commands.iter().position(Vec::is_empty)?;
    Some(fault(format!("{field}[{empty}]"), "names no program"))
}

fn file_faults(manifest: &Manifest, folder: &Folder) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (target, source) in &manifest.files {
        let field = format!("files.{target}");
        if !is_inside(target) {
            faults.push(fault(field, "must be a path inside the run's folder"));
        } else if let Err(error) = folder.read(source) {
            let place = folder.path().join(source);
            faults.push(fault(field, format!("{}: {error}", place.display())));
        }
    }
    if let Some(container) = &manifest.container {
        for (inside, source) in &container.mounts {
            if !manifest.files.contains_key(source) {
                faults.push(fault(
                    format!("container.mounts.{inside}"),
                    format!("`{source}` is not one of [files]"),
                ));
            }
        }
    }
    faults
}

fn check_placeholders(file: &Path, text: &str, fields: &Fields) -> Result<(), ManifestError> {
    const OF_NONE: [&str; 0] = [];
    for field in fields.iter() {
        let Some(value) = &field.text else { continue };
        let known: &[&str] = match field.name.split(['.', '[']).next() {
            Some("setup") if field.name == "setup.version" => &OF_NONE,
            Some("setup") => &OF_A_SETUP,
            Some("process") if field.name == "process.how_to" => continue,
            Some("process") => &OF_A_START,
            Some("container") if field.name == "container.how_to" => continue,
            Some("container") => &OF_A_CONTAINER,
            Some("translation") if field.name.ends_with(".not_served") => continue,
            Some("headers" | "paths" | "translation") => &OF_A_START,
            _ => continue,
        };
        placeholders::check(value, known).map_err(|error| {
            let message = format!("`{}`: {error}", field.name);
            ManifestError::at(file, text, field.offset, message)
        })?;
    }
    Ok(())
}

/// RFC 9110, 5.6.2: a token.
fn is_header_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

fn is_inside(path: &str) -> bool {
    let mut components = Path::new(path).components();
    !path.is_empty() && components.all(|component| matches!(component, Component::Normal(_)))
}
