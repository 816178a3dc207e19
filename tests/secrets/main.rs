//! Looks for secrets in what gateways told while others tested them.
//!
//!   find-secrets FOLDER
//!
//! For each `NAME.secrets` of the folder, a secret a line, there must be `NAME.log`, the lines of
//! a gateway's log, and `NAME.metrics`, its page; perhaps `NAME.stderr`. None of the secrets of any
//! may stand in any of these.

mod search;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("find-secrets: name a folder");
        return ExitCode::from(2);
    };
    match look(Path::new(&folder)) {
        Ok(told) => {
            println!("{told}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("find-secrets: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// What was looked through, or what is wrong.
fn look(folder: &Path) -> Result<String, String> {
    let in_folder = |error| format!("{}: {error}", folder.display());
    let mut names = Vec::new();
    let mut secrets: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(in_folder)? {
        let path = entry.map_err(in_folder)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "secrets")
        {
            secrets.extend(read(&path)?.lines().map(str::to_owned));
            names.push(path);
        }
    }
    secrets.sort();
    secrets.dedup();
    if secrets.is_empty() || secrets.iter().any(String::is_empty) {
        return Err("there are no secrets to look for, or an empty one".to_owned());
    }
    let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
    let mut lines = 0;
    for name in &names {
        let log = read(&name.with_extension("log"))?;
        let page = read(&name.with_extension("metrics"))?;
        // Told by nobody, nothing can be found.
        if !log.contains("\"outcome\":") || !page.contains("gateway_requests_total{") {
            return Err(format!("{}: no log or no metrics", name.display()));
        }
        lines += log.lines().count();
        let stderr = read(&name.with_extension("stderr")).unwrap_or_default();
        for (extension, told) in [("log", log), ("metrics", page), ("stderr", stderr)] {
            let found = search::found(&told, &secrets);
            if !found.is_empty() {
                let path = name.with_extension(extension);
                return Err(format!("{} tells {}", path.display(), found.join(", ")));
            }
        }
    }
    Ok(format!(
        "none of {} secrets in {lines} lines of {} logs, nor in their metrics",
        secrets.len(),
        names.len()
    ))
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read(path)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::look;

    #[test]
    fn a_planted_secret_is_found_in_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let write =
            |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        assert!(look(folder.path()).is_err(), "nothing to look for");
        write("a.secrets", "sk-planted-heron\n");
        assert!(look(folder.path()).is_err(), "nothing to look in");
        write("a.log", "{\"outcome\":\"ok\"}\n");
        write("a.metrics", "gateway_requests_total{} 1\n");
        let told = look(folder.path()).unwrap();
        assert!(told.contains("1 secrets in 1 lines of 1 logs"), "{told}");
        for name in ["a.log", "a.metrics", "a.stderr"] {
            let path = folder.path().join(name);
            let before = std::fs::read_to_string(&path).unwrap_or_default();
            write(
                name,
                &format!("{before}{{\"x\":\"sk-planted\\u002dheron\"}}\n"),
            );
            let problem = look(folder.path()).unwrap_err();
            assert!(
                problem.ends_with(&format!("{name} tells sk-planted-heron")),
                "{problem}"
            );
            write(name, &before);
        }
        // Of another's secrets too.
        write("b.secrets", "sk-other-tapir\n");
        write("b.log", "{\"outcome\":\"ok\"} sk-planted-heron\n");
        write("b.metrics", "gateway_requests_total{} 1\n");
        assert!(look(folder.path()).is_err());
    }
}
