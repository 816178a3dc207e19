//! `reference-twin` is `reference` under another name.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The files of an entrant but for its manifest, and its manifest without what
/// only readers see.
fn folder(name: &str) -> (BTreeMap<String, String>, toml::Table) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("entrants")
        .join(name);
    let mut files: BTreeMap<String, String> = fs::read_dir(path)
        .expect("the entrant's folder")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy();
            let text = fs::read_to_string(&path).expect("text");
            (name.into_owned(), text)
        })
        .collect();
    let manifest = files.remove("entrant.toml").expect("a manifest");
    let mut manifest: toml::Table = manifest.parse().expect("TOML");
    for shown in ["title", "notes"] {
        assert!(manifest.remove(shown).is_some(), "{name} has no {shown}");
    }
    (files, manifest)
}

#[test]
fn the_twin_is_the_reference() {
    let (files, manifest) = folder("reference");
    assert!(manifest.contains_key("process"));
    assert_eq!((files, manifest), folder("reference-twin"));
}
