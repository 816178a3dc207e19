//! Telling systemd how far the gateway has got (`sd_notify(3)`), where it was started by it.

use std::env;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// Tells that requests are taken.
pub(crate) fn ready() {
    notify("READY=1");
}

/// Sends `state` to the socket named by `NOTIFY_SOCKET`, if it is set. That nobody listens there
/// is no reason not to serve.
pub(crate) fn notify(state: &str) {
    if let Some(socket) = env::var("NOTIFY_SOCKET")
        .ok()
        .filter(|name| !name.is_empty())
    {
        let _ = send(&socket, state);
    }
}

fn send(socket: &str, state: &str) -> io::Result<usize> {
    // A name that begins with `@` is one in the abstract namespace.
    let address = match socket.strip_prefix('@') {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(socket)?,
    };
    UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reaches_the_socket_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        send(path.to_str().unwrap(), "READY=1").unwrap();
        let mut buffer = [0; 32];
        let length = socket.recv(&mut buffer).unwrap();
        assert_eq!(&buffer[..length], b"READY=1");
    }
}
