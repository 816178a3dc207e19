//! Entrants that translate, and one that only says so.

use std::fs;
use std::path::Path;

use super::{of_type, out, records, run};

/// An entrant that declares a way from Messages to a provider of Chat.
fn declare(folder: &Path, name: &str, command: &str, files: &str) {
    let path = folder.join(name);
    fs::create_dir_all(&path).expect("a folder");
    let manifest = format!(
        "title = \"{name}\"\nruntime = \"a\"\n{files}\
         [process]\ncommand = {command}\n\
         [translation]\nmessages.chat = {{ model = \"chat/m\" }}\n\
         [not_served]\nchat-stream = \"left out\"\nresponses = \"left out\"\n\
         responses-stream = \"left out\"\nmessages-stream = \"left out\"\n"
    );
    fs::write(path.join("entrant.toml"), manifest).expect("a manifest");
}

#[test]
fn who_translates_has_a_rate_beside_its_own_and_who_passes_through_has_none() {
    let (keep, folder) = out();
    let entrants = keep.path().join("entrants");
    let gateway = r#"["gateway", "--listen", "{host}:{port}", "--config", "{run}/g.toml"]"#;
    let files = "files = { \"g.toml\" = \"g.toml\" }\n";
    declare(&entrants, "honest", gateway, files);
    let provider = |dialect: &str| {
        format!(
            "[providers.{dialect}]\ndialects = [\"{dialect}\"]\nbase_url = \"{{mock_url}}/v1\"\n"
        )
    };
    let configuration = ["chat", "responses", "messages"].map(provider).concat();
    fs::write(entrants.join("honest/g.toml"), configuration).expect("a file");
    // The null proxy hands the body on as it is, and is fast.
    let relay = r#"["mockbackend", "relay", "--listen", "{host}:{port}", "--to", "{mock_url}"]"#;
    declare(&entrants, "liar", relay, "");
    let ran = run(&[
        "run",
        "--profile",
        "translation",
        "--blocks",
        "1",
        "--runner",
        "process",
        "--entrants",
        "honest,liar",
        "--entrants-dir",
        entrants.to_str().expect("text"),
        "--out",
        folder.to_str().expect("text"),
    ]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let records = records(&folder);
    let samples = of_type(&records, "sample");
    let on_route = |entrant: &str, level: Option<u64>| {
        let here = samples.iter().filter(|s| {
            s["entrant"] == entrant && s["provider"] == "chat" && s["workload"] == "messages"
        });
        let mut here = here.filter(|s| s["level"].as_u64() == level);
        here.next().map(|sample| (*sample).clone())
    };
    let asked = on_route("honest", None).expect("a sample");
    assert_eq!(asked["received"], serde_json::json!({"chat": 2}), "{asked}");
    let loaded = on_route("honest", Some(64)).expect("a sample");
    assert!(loaded["point"]["outcomes"]["ok"].as_u64().expect("a count") > 20);
    let asked = on_route("liar", None).expect("a sample");
    assert_eq!(asked["point"]["outcomes"]["ok"], 2, "its answers are right");
    assert_eq!(asked["received"], serde_json::json!({"messages": 2}));
    assert_eq!(on_route("liar", Some(64)), None, "it is not even loaded");

    let tables = fs::read_to_string(folder.join("tables.md")).expect("tables");
    let passed = "the request was passed through untranslated: the provider was asked in messages";
    assert!(tables.contains(passed), "{tables}");
    let csv = fs::read_to_string(folder.join("measurements.csv")).expect("figures");
    let value = |entrant: &str, figure: &str| {
        let begin = format!("a run,{entrant},{figure},");
        let line = csv.lines().find(|line| line.starts_with(&begin));
        let line = line.unwrap_or_else(|| panic!("no {begin} in\n{csv}"));
        line[begin.len()..].split(',').next().map(str::to_owned)
    };
    let ratio = "messages>chat,translation,10,ratio_to_client_dialect";
    let honest: f64 = value("honest", ratio)
        .expect("a field")
        .parse()
        .expect("a ratio");
    assert!(honest > 0.0, "{honest}");
    assert_eq!(value("liar", ratio).as_deref(), Some(""));
    let own = value("liar", "messages,translation,10,rate").expect("a field");
    assert!(
        own.parse::<f64>().expect("a rate") > 0.0,
        "its own rate is one"
    );
}
