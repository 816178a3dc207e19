//! Listening sockets, one a worker on the same address: the kernel spreads the connections.

use std::io;
use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Protocol, Socket, Type};

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 1024;

/// Why an address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {}", reason(.source))]
pub(crate) struct BindError {
    address: SocketAddr,
    source: io::Error,
}

/// Binds `count` sockets to `address`; where its port is 0, all to one free port.
pub(crate) fn bind(address: SocketAddr, count: usize) -> Result<Vec<TcpListener>, BindError> {
    let failed = |source| BindError { address, source };
    // Sockets that share a port would also share it with another gateway that runs already,
    // and each would get half the connections. A socket that does not share finds that out.
    drop(listen(address, false).map_err(failed)?);
    let first = listen(address, true).map_err(failed)?;
    let address = first.local_addr().map_err(failed)?;
    let mut listeners = vec![first];
    while listeners.len() < count {
        listeners.push(listen(address, true).map_err(failed)?);
    }
    Ok(listeners)
}

fn listen(address: SocketAddr, shared: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(shared)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => "the port is already taken".to_owned(),
        io::ErrorKind::PermissionDenied => "not permitted".to_owned(),
        io::ErrorKind::AddrNotAvailable => "this machine has no such address".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_sockets_share_one_free_port() {
        let listeners = bind(([127, 0, 0, 1], 0).into(), 3).unwrap();
        let ports: Vec<_> = listeners
            .iter()
            .map(|listener| listener.local_addr().unwrap().port())
            .collect();
        assert_eq!(ports, [ports[0]; 3]);
    }

    #[test]
    fn a_port_of_another_gateway_is_taken() {
        let listeners = bind(([127, 0, 0, 1], 0).into(), 2).unwrap();
        let address = listeners[0].local_addr().unwrap();
        let error = bind(address, 2).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("cannot listen on {address}: the port is already taken")
        );
    }
}
