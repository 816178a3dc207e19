//! What `harness list` says of manifests: right ones, wrong ones, replaced ones.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const GOOD: &str = r#"title = "Mine"
runtime = "sh"

[process]
command = ["sh", "-c", "exit 0", "{port}"]
"#;

fn write(folder: &Path, name: &str, manifest: &str) {
    fs::create_dir_all(folder.join(name)).unwrap();
    fs::write(folder.join(name).join("entrant.toml"), manifest).unwrap();
}

fn list(folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_harness"))
        .arg("list")
        .arg("--entrants-dir")
        .arg(folder)
        .current_dir(folder)
        .output()
        .unwrap()
}

/// The row of an entrant in the table.
fn row(output: &Output, name: &str) -> String {
    let text = String::from_utf8_lossy(&output.stdout);
    let mut rows = text
        .lines()
        .filter(|line| line.split_whitespace().next() == Some(name) && line.contains(" of 6"));
    let row = rows
        .next()
        .unwrap_or_else(|| panic!("no row of {name} in\n{text}"));
    assert_eq!(rows.next(), None, "{name} has one row");
    row.to_owned()
}

/// That `manifest` is refused with exactly `message` after its path.
fn assert_refused(manifest: &str, message: &str) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "mine", manifest);
    let output = list(folder.path());
    let path = folder.path().join("mine/entrant.toml");
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        format!("harness: {}:{message}\n", path.display()),
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_folder_adds_an_entrant() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "mine", GOOD);
    let output = list(folder.path());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
    let row = row(&output, "mine");
    assert!(row.contains(" sh ") && row.contains("6 of 6"), "{row}");
    let cells: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(cells[cells.len() - 2..], ["yes", "-"], "{row}");
}

#[test]
fn a_folder_replaces_an_entrant_of_the_same_name() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let before = list({
        write(elsewhere.path(), "mine", GOOD);
        elsewhere.path()
    });
    assert!(row(&before, "litellm").contains("Python"));
    write(
        folder.path(),
        "litellm",
        &format!("{GOOD}[not_served]\nresponses = \"because\"\n"),
    );
    let output = list(folder.path());
    let row = row(&output, "litellm");
    assert!(row.contains(" sh ") && row.contains("5 of 6"), "{row}");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        text.contains("litellm does not serve responses: because\n"),
        "{text}"
    );
}

#[test]
fn one_that_cannot_run_here_is_a_row_with_the_command_that_helps() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "absent",
        "title = \"a\"\nruntime = \"a\"\n[process]\ncommand = [\"no-such-program\"]\nhow_to = \"get it\"\n",
    );
    let output = list(folder.path());
    let row_of = |name| row(&output, name);
    assert!(
        row_of("absent").contains("no: no-such-program is not found; run: get it"),
        "{}",
        row_of("absent")
    );
    assert!(
        row_of("portkey")
            .contains("no: its packages are not installed; run: harness setup portkey"),
        "{}",
        row_of("portkey")
    );
    assert!(
        row_of("bifrost").contains("no: runs only as a container; measure it with --runner docker"),
        "{}",
        row_of("bifrost")
    );
}

#[test]
fn a_manifest_that_is_no_toml() {
    assert_refused(
        "title = \"a\"\nruntime = \n",
        "2:11: string values must be quoted, expected literal string",
    );
}

#[test]
fn a_manifest_that_lacks_a_field() {
    assert_refused(
        "title = \"a\"\n[process]\ncommand = [\"sh\"]\n",
        "1:1: missing field `runtime`",
    );
    assert_refused(
        "[process]\ncommand = [\"sh\"]\n",
        "1:1: missing field `title`",
    );
    assert_refused(
        "title = \"a\"\nruntime = \"b\"\n[process]\nneeds = []\n",
        "3:1: `process`: missing field `command`",
    );
    assert_refused(
        "title = \"a\"\nruntime = \"b\"\n",
        "1:1: missing field `process` or `container`: how is it started?",
    );
}

#[test]
fn a_manifest_with_a_field_that_there_is_not() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "mine", &GOOD.replace("command", "comand"));
    let error = String::from_utf8(list(folder.path()).stderr).unwrap();
    assert!(
        error.contains(
            "entrant.toml:5:1: `process.comand`: unknown field `comand`, expected one of `command`, `env`"
        ),
        "{error}"
    );
}

#[test]
fn a_field_of_the_wrong_kind() {
    assert_refused(
        "title = \"a\"\nruntime = \"b\"\n[process]\ncommand = [\"sh\", 3]\n",
        "4:18: `process.command[1]`: invalid type: integer `3`, expected a string",
    );
    assert_refused(
        &format!("{GOOD}[ready]\ntimeout = \"soon\"\n"),
        "7:11: `ready.timeout`: `soon` is no duration: expected number at 0",
    );
}

#[test]
fn an_unknown_placeholder() {
    assert_refused(
        &GOOD.replace("{port}", "{prot}"),
        "5:34: `process.command[3]`: unknown placeholder `{prot}`; known here: {cpus}, {host}, \
         {install}, {mock_host}, {mock_port}, {mock_url}, {port}, {run}",
    );
}

#[test]
fn an_unknown_placeholder_in_a_configuration_file() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = format!("{GOOD}[files]\n\"a/b.json\" = \"b.json\"\n");
    write(folder.path(), "mine", &manifest);
    let config = folder.path().join("mine/b.json");
    fs::write(&config, "{\"a\": {},\n \"é{mock}\": 1}\n").unwrap();
    assert_eq!(
        String::from_utf8(list(folder.path()).stderr).unwrap(),
        format!(
            "harness: {}:2:4: unknown placeholder `{{mock}}`; known here: {{cpus}}, {{host}}, \
             {{install}}, {{mock_host}}, {{mock_port}}, {{mock_url}}, {{port}}, {{run}}\n",
            config.display()
        )
    );
}

#[test]
fn names_of_workloads_dialects_files_and_folders() {
    assert_refused(
        &format!("{GOOD}[not_served]\nchats = \"b\"\n"),
        "7:1: `not_served.chats`: unknown workload `chats`; known: chat, chat-stream, responses, \
         responses-stream, messages, messages-stream",
    );
    assert_refused(
        &format!("{GOOD}[paths]\nchat-stream = \"/b\"\n"),
        "7:1: `paths.chat-stream`: unknown dialect `chat-stream`; known: chat, responses, messages",
    );
    assert_refused(
        &format!("{GOOD}[paths]\nchat = \"b\"\n"),
        "7:1: `paths.chat`: a path begins with `/`",
    );
    assert_refused(
        &format!("{GOOD}[files]\n\"../x\" = \"entrant.toml\"\n"),
        "7:1: `files.../x`: must be a path inside the run's folder",
    );
    assert_refused(
        &GOOD.replace("\"sh\",", "\"{install}/sh\","),
        "5:1: `process.command`: uses {install}, but there is no [setup] that installs it",
    );
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "Mine", GOOD);
    let error = String::from_utf8(list(folder.path()).stderr).unwrap();
    assert!(
        error.ends_with(
            "entrant.toml:1:1: the folder's name `Mine` is the entrant's: small letters, digits \
             and `-`, a letter first\n"
        ),
        "{error}"
    );
}

#[test]
fn a_folder_without_entrants() {
    let folder = tempfile::tempdir().unwrap();
    let output = list(folder.path());
    assert_eq!(output.status.code(), Some(2));
    fs::create_dir(folder.path().join("empty")).unwrap();
    let error = String::from_utf8(list(folder.path()).stderr).unwrap();
    assert!(error.contains("/empty: no entrant.toml in it"), "{error}");
    let missing = list(&folder.path().join("."));
    assert_eq!(missing.status.code(), Some(2));
}

#[test]
fn a_container_that_cannot_be_started_as_described() {
    let refused = |container: &str, message: &str| {
        assert_refused(
            &format!("title = \"a\"\nruntime = \"a\"\n[container]\n{container}"),
            message,
        );
    };
    refused(
        "image = \"a\"\nport = 0\n",
        "5:1: `container.port`: is no port",
    );
    refused(
        "image = \" \"\nport = 1\n",
        "4:1: `container.image`: is empty",
    );
    refused(
        "image = \"a\"\nport = 1\ncommand = [\"{run}\"]\n",
        "6:12: `container.command[0]`: unknown placeholder `{run}`; known here: {cpus}, {host}, \
         {mock_host}, {mock_port}, {mock_url}, {port}",
    );
}
