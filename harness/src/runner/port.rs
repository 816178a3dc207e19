//! Ports for entrants.

use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// A port on which somebody listens already.
#[derive(Debug, thiserror::Error)]
#[error("port {port} is taken: {source}")]
pub struct PortTaken {
    /// Which.
    pub port: u16,
    /// What the system said.
    pub source: io::Error,
}

/// A port of 127.0.0.1 on which nobody listens now.
///
/// # Errors
/// The system has none to give.
pub fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

/// Whether an entrant could listen on `port` of 127.0.0.1.
///
/// # Errors
/// Somebody listens there, or it may not be used.
pub fn check_free(port: u16) -> Result<(), PortTaken> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(source) => Err(PortTaken { port, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_a_port_that_is_taken() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let message = check_free(port).unwrap_err().to_string();
        assert!(
            message.starts_with(&format!("port {port} is taken: ")),
            "{message}"
        );
        drop(listener);
        assert!(check_free(port).is_ok());
        assert_ne!(free_port().unwrap(), 0);
    }
}
