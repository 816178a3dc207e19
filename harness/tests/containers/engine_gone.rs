//! An engine that goes away in the middle of a run, and a disk that is full.

use std::io;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::image::{engine, faulty, skipped};
use super::{Folder, containers_of, ran};

const SOCKET: &str = "/var/run/docker.sock";

/// Stands in front of the engine until it is told to go away.
struct Door {
    open: Arc<AtomicBool>,
    streams: Arc<Mutex<Vec<UnixStream>>>,
}

impl Door {
    fn before_the_engine(path: &Path) -> Self {
        let listener = UnixListener::bind(path).expect("a socket");
        let open = Arc::new(AtomicBool::new(true));
        let streams = Arc::new(Mutex::new(Vec::new()));
        let door = Self {
            open: Arc::clone(&open),
            streams: Arc::clone(&streams),
        };
        thread::spawn(move || -> io::Result<()> {
            for client in listener.incoming() {
                if !open.load(Ordering::SeqCst) {
                    continue;
                }
                let (client, engine) = (client?, UnixStream::connect(SOCKET)?);
                let mut kept = streams.lock().expect("no panic");
                for (mut from, mut to) in [
                    (client.try_clone()?, engine.try_clone()?),
                    (engine.try_clone()?, client.try_clone()?),
                ] {
                    thread::spawn(move || {
                        let _ = io::copy(&mut from, &mut to);
                        let _ = to.shutdown(std::net::Shutdown::Write);
                    });
                }
                kept.extend([client, engine]);
            }
            Ok(())
        });
        door
    }

    fn close(&self) {
        self.open.store(false, Ordering::SeqCst);
        for stream in self.streams.lock().expect("no panic").drain(..) {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
    }
}

#[test]
fn an_engine_that_goes_away_is_one_clear_error() {
    let Some(_engine) = engine("an_engine_that_goes_away_is_one_clear_error") else {
        return;
    };
    if !Path::new(SOCKET).exists() {
        let why = format!("the engine does not listen at {SOCKET}");
        return skipped("an_engine_that_goes_away_is_one_clear_error", &why);
    }
    let folder = Folder::new();
    folder.entrant("relays", faulty(), "relays", "20s");
    folder.entrant("relays-again", faulty(), "relays", "20s");
    let socket = folder.keep.path().join("engine.sock");
    let door = Door::before_the_engine(&socket);
    let child = folder
        .command("relays,relays-again,direct", &[])
        .env("DOCKER_HOST", format!("unix://{}", socket.display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the harness starts");
    let pid = child.id();
    let begin = Instant::now();
    // Until one of the two is under load.
    while !under_load(&folder) {
        assert!(begin.elapsed() < Duration::from_secs(60), "no load");
        thread::sleep(Duration::from_millis(50));
    }
    door.close();
    let ended = ran(child.wait_with_output().expect("it ends"));
    assert_eq!(ended.status, 4, "{}", ended.stderr);
    let ends = folder.ends();
    assert_eq!(ends["direct"][0], "done", "{}", ended.stderr);
    let gone: Vec<String> = ends
        .values()
        .flatten()
        .map(ToString::to_string)
        .filter(|end| end.contains("harness-fault") && end.contains("does not answer"))
        .collect();
    assert!(!gone.is_empty(), "{ends:?}");

    // What could not be removed then is removed by the next start, and the
    // trials that the engine spoilt are made again.
    let resumed = folder.resume();
    assert_eq!(resumed.status, 0, "{}", resumed.stderr);
    assert_eq!(containers_of(pid), Vec::<String>::new());
    for (name, ends) in folder.ends() {
        let done = ends.iter().filter(|end| **end == "done").count();
        assert_eq!(done, 1, "{name}: {ends:?}");
    }
}

fn under_load(folder: &Folder) -> bool {
    let journal = folder.run().join("journal.jsonl");
    let text = std::fs::read_to_string(journal).unwrap_or_default();
    text.lines()
        .any(|line| line.contains(r#""phase":"latency""#) && !line.contains(r#""direct""#))
}

#[test]
fn a_full_disk_is_one_clear_error_and_leaves_no_container() {
    let Some(_engine) = engine("a_full_disk_is_one_clear_error_and_leaves_no_container") else {
        return;
    };
    let folder = Folder::new();
    folder.entrant("relays", faulty(), "relays", "20s");
    let command = folder.command("relays", &[]);
    // A limit on the size of files is to the writer of one what a full disk
    // is, and needs no disk of its own to be filled.
    let mut limited = Command::new("sh");
    limited
        .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$@\"", "sh"])
        .arg(command.get_program())
        .args(command.get_args())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = limited.spawn().expect("the shell starts");
    let pid = child.id();
    let ended = ran(child.wait_with_output().expect("it ends"));
    assert_eq!(ended.status, 4, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("harness: cannot write the journal: ")
            && ended.stderr.contains("File too large"),
        "{}",
        ended.stderr
    );
    assert_eq!(containers_of(pid), Vec::<String>::new());
}
