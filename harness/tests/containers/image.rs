//! The engine of this machine, and an image that is made without any registry.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use bollard::query_parameters::CreateImageOptions;
use bollard::{Docker, body_full};
use futures_util::StreamExt;
use harness::docker::Engine;

/// The engine, or `None` where there is none: then the test says loudly that
/// it was left out, and fails where an engine was promised.
pub(crate) fn engine(test: &str) -> Option<Engine> {
    match Engine::connect() {
        Ok(engine) => Some(engine),
        Err(error) => {
            assert!(
                std::env::var_os("TOLLGATE_REQUIRE_DOCKER").is_none(),
                "TOLLGATE_REQUIRE_DOCKER is set, and {error}"
            );
            // Past the capture of a test's output: nobody reads that of a
            // test that passes.
            let _ = writeln!(
                std::io::stderr(),
                "\n*** SKIPPED: {test} needs a container engine: {error} ***\n"
            );
            None
        }
    }
}

/// The image of `faulty.rs`, which ends at once when it is asked to stop.
pub(crate) fn faulty() -> &'static str {
    static MADE: OnceLock<String> = OnceLock::new();
    MADE.get_or_init(|| make("obedient", "STOPSIGNAL SIGKILL"))
}

/// The same as one that does not hear when it is asked to stop: the kernel
/// keeps from a first process the signals that it does not handle.
pub(crate) fn deaf() -> &'static str {
    static MADE: OnceLock<String> = OnceLock::new();
    MADE.get_or_init(|| make("deaf", "STOPSIGNAL SIGTERM"))
}

fn make(kind: &str, change: &str) -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/containers/faulty.rs");
    let mut hasher = DefaultHasher::new();
    fs::read(&source).expect("the source").hash(&mut hasher);
    let (repository, tag) = (
        format!("tollgate-test/{kind}"),
        format!("{:016x}", hasher.finish()),
    );
    let reference = format!("{repository}:{tag}");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let docker = Docker::connect_with_defaults().expect("an engine");
        let docker = docker.negotiate_version().await.expect("an engine");
        if docker.inspect_image(&reference).await.is_ok() {
            return;
        }
        let options = CreateImageOptions {
            from_src: Some("-".to_owned()),
            repo: Some(repository),
            tag: Some(tag),
            changes: vec![
                "ENTRYPOINT [\"/faulty\"]".to_owned(),
                change.to_owned(),
                "LABEL org.opencontainers.image.version=1.2.3".to_owned(),
            ],
            ..CreateImageOptions::default()
        };
        let root = body_full(root(&source).into());
        let mut import = Box::pin(docker.create_image(Some(options), Some(root), None));
        while let Some(said) = import.next().await {
            said.expect("an import");
        }
    });
    reference
}

/// An archive with the program alone, linked statically.
fn root(source: &Path) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("faulty");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let built = Command::new(rustc)
        .args(["--edition", "2024", "-O", "-C", "strip=symbols"])
        .args(["-C", "target-feature=+crt-static", "-o"])
        .arg(&program)
        .arg(source)
        .output()
        .expect("rustc starts");
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    let mut archive = tar::Builder::new(Vec::new());
    archive
        .append_path_with_name(&program, "faulty")
        .expect("an archive");
    archive.into_inner().expect("an archive")
}
