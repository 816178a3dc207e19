//! Whether a container engine answers.

use std::env;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Finding;

const SUBJECT: &str = "Docker";
const SOCKET: &str = "/var/run/docker.sock";
const LIMIT: Duration = Duration::from_secs(2);

/// The engine's socket and whether it answers.
#[derive(Clone, Debug)]
pub(super) struct Docker {
    /// Where it was asked.
    pub(super) socket: PathBuf,
    /// It answered; or why not.
    pub(super) answer: Result<(), String>,
}

pub(super) fn probe() -> Docker {
    let host = env::var("DOCKER_HOST").unwrap_or_default();
    let socket = PathBuf::from(host.strip_prefix("unix://").unwrap_or(SOCKET));
    let answer = match ping(&socket) {
        Ok(text) if text.split(' ').nth(1) == Some("200") => Ok(()),
        Ok(text) => Err(format!(
            "answered {:?}",
            text.lines().next().unwrap_or_default()
        )),
        Err(error) => Err(error.to_string()),
    };
    Docker { socket, answer }
}

/// The beginning of the answer to the engine API's `GET /_ping`.
fn ping(socket: &Path) -> io::Result<String> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    stream.write_all(b"GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n")?;
    let mut start = [0; 64];
    let length = stream.read(&mut start)?;
    Ok(String::from_utf8_lossy(&start[..length]).into_owned())
}

pub(super) fn judge(docker: &Docker) -> Finding {
    let socket = docker.socket.display();
    match &docker.answer {
        Ok(()) => Finding::good(
            SUBJECT,
            format!("answers on {socket}"),
            "entrants can be measured as containers",
        ),
        Err(why) => Finding::unknown(
            SUBJECT,
            format!("no answer on {socket}: {why}"),
            "entrants run as processes; those that are only containers are absent",
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;
    use std::thread;

    use super::super::Verdict;
    use super::*;

    #[test]
    fn judges() {
        let verdict = |answer| {
            let socket = SOCKET.into();
            judge(&Docker { socket, answer }).verdict
        };
        assert_eq!(verdict(Ok(())), Verdict::Good);
        assert_eq!(verdict(Err("no".into())), Verdict::Unknown);
    }

    #[test]
    fn asks_over_the_socket() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("engine.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let engine = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 64];
            let length = stream.read(&mut request).unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nOK").unwrap();
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        assert!(ping(&path).unwrap().starts_with("HTTP/1.1 200 "));
        assert!(
            engine
                .join()
                .unwrap()
                .starts_with("GET /_ping HTTP/1.1\r\n")
        );
        assert!(ping(&folder.path().join("none")).is_err());
    }
}
