//! A page of a server on this machine, fetched or posted to once.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long it may take.
const LIMIT: Duration = Duration::from_secs(2);

/// The body of `GET path`.
///
/// # Errors
/// No connection, no answer in time, or a status other than 200.
pub(super) fn page(
    address: SocketAddr,
    path: &str,
    headers: &[(String, String)],
) -> io::Result<String> {
    let mut head = String::new();
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    ask(address, "GET", path, &format!("{head}\r\n"))
}

/// What `POST path` answers to `body`.
///
/// # Errors
/// As of [`page`].
pub(super) fn post(address: SocketAddr, path: &str, body: &str) -> io::Result<String> {
    let rest = format!("content-length: {}\r\n\r\n{body}", body.len());
    ask(address, "POST", path, &rest)
}

/// Sends a request, `rest` being what follows the fields that all have.
fn ask(address: SocketAddr, method: &str, path: &str, rest: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, LIMIT)?;
    stream.set_read_timeout(Some(LIMIT))?;
    let request =
        format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{rest}");
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    match answer.split_once("\r\n\r\n") {
        Some((head, page)) if head.split(' ').nth(1) == Some("200") => Ok(page.to_owned()),
        _ => Err(io::Error::other(
            answer.lines().next().unwrap_or("nothing came").to_owned(),
        )),
    }
}
