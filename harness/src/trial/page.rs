//! A page of a server on this machine, fetched once.

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
    let mut stream = TcpStream::connect_timeout(&address, LIMIT)?;
    stream.set_read_timeout(Some(LIMIT))?;
    let mut request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    stream.write_all(format!("{request}\r\n").as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    match answer.split_once("\r\n\r\n") {
        Some((head, page)) if head.split(' ').nth(1) == Some("200") => Ok(page.to_owned()),
        _ => Err(io::Error::other(
            answer.lines().next().unwrap_or("nothing came").to_owned(),
        )),
    }
}
