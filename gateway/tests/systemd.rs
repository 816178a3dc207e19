//! The systemd unit means something to systemd.

use std::path::Path;
use std::process::Command;

#[test]
fn the_unit_is_valid() {
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd/gateway.service");
    let text = std::fs::read_to_string(&unit).expect("the unit");
    // The program is looked for where the unit has it, so that here must be put in its place.
    let here = text.replace("/usr/local/bin/gateway", env!("CARGO_BIN_EXE_gateway"));
    assert_ne!(here, text);
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("gateway.service");
    std::fs::write(&copy, here).expect("it is written");
    let Ok(output) = Command::new("systemd-analyze")
        .arg("verify")
        .arg(&copy)
        .output()
    else {
        eprintln!("systemd-analyze is not installed: the unit was not verified");
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    let about: Vec<_> = said
        .lines()
        .filter(|line| line.contains("gateway.service"))
        .collect();
    assert!(about.is_empty() && output.status.success(), "{said}");
}
