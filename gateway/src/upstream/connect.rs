//! Making a connection to a provider.

use std::io;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;

use super::connection::Connection;
use super::stream::Stream;
use super::target::Target;
use super::tls;
use crate::config::Scheme;

/// How long a connection may take, its name look-up and TLS handshake included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Connects to the provider's addresses, one after the other.
pub(super) async fn connect(target: &Target) -> io::Result<Connection> {
    let connecting = async {
        let tcp = TcpStream::connect((target.host.as_str(), target.port)).await?;
        tcp.set_nodelay(true)?;
        Ok(match target.scheme {
            Scheme::Http => Stream::Plain(tcp),
            Scheme::Https => Stream::Tls(Box::new(tls::secure(tcp, &target.host).await?)),
        })
    };
    match timeout(CONNECT_TIMEOUT, connecting).await {
        Ok(stream) => stream.map(Connection::new),
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}
