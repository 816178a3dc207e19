//! Making a connection to a provider.

use std::io;

use tokio::net::TcpStream;
use tokio::time::timeout;

use super::connection::Connection;
use super::stream::Stream;
use super::target::Target;
use super::tls;
use crate::config::Scheme;

/// Connects to the provider's addresses, one after the other.
pub(super) async fn connect(target: &Target) -> io::Result<Connection> {
    let connecting = async {
        let tcp = TcpStream::connect((target.host.as_str(), target.port)).await?;
        tcp.set_nodelay(true)?;
        Ok(match target.scheme {
            Scheme::Http => Stream::Plain(tcp),
            Scheme::Https => Stream::Tls(Box::new(
                tls::secure(tcp, &target.host, &target.trust).await?,
            )),
        })
    };
    match timeout(target.timeouts.connect, connecting).await {
        Ok(stream) => stream.map(Connection::new),
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}
