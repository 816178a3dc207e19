//! The engine of this machine, and an image that is made without any registry.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use bollard::query_parameters::BuildImageOptions;
use bollard::{Docker, body_full};
use futures_util::StreamExt;
use harness::docker::{Engine, Image};
use harness::runner::check_free;

/// The image of the reference gateway.
pub(crate) const REFERENCE: &str = "tollgate/reference";

/// The engine, for one test at a time: each run removes what dead ones left,
/// also what another test means to find. `None` where there is no engine: then
/// the test says loudly that it was left out, and fails where one was promised.
pub(crate) fn engine(test: &str) -> Option<(Engine, MutexGuard<'static, ()>)> {
    static ALONE: Mutex<()> = Mutex::new(());
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    match Engine::connect() {
        Ok(engine) => Some((engine, alone)),
        Err(error) => {
            skipped(test, &format!("it needs a container engine: {error}"));
            None
        }
    }
}

/// Says loudly that a test was left out and why, and fails where none may be.
pub(crate) fn skipped(test: &str, why: &str) {
    assert!(
        std::env::var_os("TOLLGATE_REQUIRE_DOCKER").is_none(),
        "TOLLGATE_REQUIRE_DOCKER is set, and {test} cannot be run: {why}"
    );
    // Past the capture of a test's output: nobody reads that of a test that
    // passes.
    let _ = writeln!(std::io::stderr(), "\n*** SKIPPED: {test}: {why} ***\n");
}

/// The image of the reference gateway, which this machine makes itself;
/// without it a test is left out as without an engine.
pub(crate) fn reference(engine: &Engine, test: &str) -> Option<Image> {
    let built = engine.image(REFERENCE).expect("an answer");
    if built.is_none() {
        skipped(
            test,
            &format!("there is no {REFERENCE}; run ./run.sh image"),
        );
    }
    built
}

/// An image of the reference gateway that listens on port 8080 of this machine,
/// for one test at a time; `None` where one of these is not to be had.
pub(crate) fn on_port_8080(test: &str) -> Option<(String, MutexGuard<'static, ()>)> {
    let (engine, alone) = engine(test)?;
    let image = reference(&engine, test)?;
    if let Err(taken) = check_free(8080) {
        skipped(test, &taken.to_string());
        return None;
    }
    Some((on_loopback(&image), alone))
}

/// The image of `faulty.rs`, which ends at once when it is asked to stop.
pub(crate) fn faulty() -> &'static str {
    static MADE: OnceLock<String> = OnceLock::new();
    MADE.get_or_init(|| make("obedient", "SIGKILL"))
}

/// The same as one that does not hear when it is asked to stop: the kernel
/// keeps from a first process the signals that it does not handle.
pub(crate) fn deaf() -> &'static str {
    static MADE: OnceLock<String> = OnceLock::new();
    MADE.get_or_init(|| make("deaf", "SIGTERM"))
}

fn make(kind: &str, stop_signal: &str) -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/containers/faulty.rs");
    let mut hasher = DefaultHasher::new();
    fs::read(&source).expect("the source").hash(&mut hasher);
    let reference = format!("tollgate-test/{kind}:{:016x}", hasher.finish());
    build(&reference, || context(&source, stop_signal));
    reference
}

/// The reference gateway's image with a command of its own, where it listens
/// for this machine alone: without keys of clients it refuses to listen for
/// others.
fn on_loopback(image: &Image) -> String {
    let id = image.id.trim_start_matches("sha256:");
    let reference = format!("tollgate-test/on-loopback:{}", &id[..16]);
    build(&reference, || {
        let recipe = format!("FROM {REFERENCE}\nCMD [\"--listen\", \"127.0.0.1:8080\"]\n");
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o644);
        header.set_size(recipe.len() as u64);
        let mut archive = tar::Builder::new(Vec::new());
        archive
            .append_data(&mut header, "Dockerfile", recipe.as_bytes())
            .expect("an archive");
        archive.into_inner().expect("an archive")
    });
    reference
}

/// Has the engine build an image, unless it has it already.
fn build(reference: &str, context: impl FnOnce() -> Vec<u8>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let docker = Docker::connect_with_defaults().expect("an engine");
        let docker = docker.negotiate_version().await.expect("an engine");
        if docker.inspect_image(reference).await.is_ok() {
            return;
        }
        let options = BuildImageOptions {
            t: Some(reference.to_owned()),
            ..BuildImageOptions::default()
        };
        let context = body_full(context().into());
        let mut build = Box::pin(docker.build_image(options, None, Some(context)));
        while let Some(said) = build.next().await {
            said.expect("a build");
        }
    });
}

/// What the engine builds the image of: the program, linked statically, and
/// nothing else.
fn context(source: &Path, stop_signal: &str) -> Vec<u8> {
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
    let recipe = format!(
        "FROM scratch\nCOPY faulty /faulty\nENTRYPOINT [\"/faulty\"]\n\
         STOPSIGNAL {stop_signal}\nLABEL org.opencontainers.image.version=1.2.3\n"
    );
    fs::write(folder.path().join("Dockerfile"), recipe).expect("a file");
    let mut archive = tar::Builder::new(Vec::new());
    archive
        .append_dir_all(".", folder.path())
        .expect("an archive");
    archive.into_inner().expect("an archive")
}
