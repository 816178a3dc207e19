//! Waiting until a started entrant is ready.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use super::{Exited, Running};
use crate::interrupt;

/// How often readiness is asked for: also the resolution of a cold start.
const POLL: Duration = Duration::from_micros(500);
/// Lines of the log that an error shows.
const TAIL_LINES: usize = 12;

/// Why an entrant is not ready.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// It ended.
    #[error("{entrant} exited at start ({status}){}", log(.tail))]
    Exited {
        /// Its name.
        entrant: String,
        /// How it ended.
        status: Exited,
        /// The last lines of its log.
        tail: String,
    },
    /// It runs, but never became ready.
    #[error("{entrant} was not ready after {waited:.0?}: {last}{}{}", killed_in_it(.killed), log(.tail))]
    TimedOut {
        /// Its name.
        entrant: String,
        /// How long it was waited for.
        waited: Duration,
        /// What the last attempt ran into.
        last: String,
        /// What the kernel did meanwhile to a process of it.
        killed: Option<Exited>,
        /// The last lines of its log.
        tail: String,
    },
    /// The user asked to stop.
    #[error("interrupted")]
    Interrupted,
}

fn killed_in_it(killed: &Option<Exited>) -> String {
    let told = killed.as_ref();
    told.map_or(String::new(), |killed| {
        format!("; a process of it was {killed}")
    })
}

fn log(tail: &str) -> String {
    if tail.is_empty() {
        return "; its log is empty".into();
    }
    let lines: String = tail.lines().map(|line| format!("\n  | {line}")).collect();
    format!("; the end of its log:{lines}")
}

/// Asks `probe` until it succeeds, and gives the time from the start until
/// then.
///
/// `probe` makes one attempt and says what went wrong; it should give up by
/// itself after a second or so.
///
/// # Errors
/// The entrant ended, `timeout` since its start has passed, or the user
/// interrupted. It is left to the caller to stop it.
pub fn wait_until_ready(
    entrant: &str,
    running: &mut dyn Running,
    timeout: Duration,
    mut probe: impl FnMut() -> Result<(), String>,
) -> Result<Duration, NotReady> {
    let started_at = running.started_at();
    loop {
        // Looked at first: somebody else may answer on its port.
        if let Some(status) = running.exited() {
            return Err(NotReady::Exited {
                entrant: entrant.to_owned(),
                status,
                tail: running.log_tail(TAIL_LINES),
            });
        }
        let last = match probe() {
            Ok(()) => return Ok(started_at.elapsed()),
            Err(last) => last,
        };
        if interrupt::requested() {
            return Err(NotReady::Interrupted);
        }
        let waited = started_at.elapsed();
        if waited >= timeout {
            return Err(NotReady::TimedOut {
                entrant: entrant.to_owned(),
                waited,
                last,
                killed: running.out_of_memory(),
                tail: running.log_tail(TAIL_LINES),
            });
        }
        thread::sleep(POLL);
    }
}

/// Whether `GET path` is answered with the status 200 within a second.
///
/// # Errors
/// What was answered, or why nothing was.
pub fn answers_200(address: SocketAddr, path: &str) -> Result<(), String> {
    const LIMIT: Duration = Duration::from_secs(1);
    let ask = || -> std::io::Result<String> {
        let begin = Instant::now();
        let mut stream = TcpStream::connect_timeout(&address, LIMIT)?;
        stream.set_read_timeout(Some(LIMIT))?;
        stream.set_write_timeout(Some(LIMIT))?;
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        let mut buffer = [0; 512];
        while !answer.contains(&b'\n') && begin.elapsed() < LIMIT {
            match stream.read(&mut buffer)? {
                0 => break,
                length => answer.extend_from_slice(&buffer[..length]),
            }
        }
        let line = answer.split(|&byte| byte == b'\n').next();
        Ok(String::from_utf8_lossy(line.unwrap_or_default())
            .trim()
            .to_owned())
    };
    match ask() {
        Ok(line) if line.split(' ').nth(1) == Some("200") => Ok(()),
        Ok(line) => Err(format!("GET {path} was answered `{line}`")),
        Err(error) => Err(format!("GET {path}: {error}")),
    }
}
