//! TLS towards providers: rustls with ring, and Mozilla's root certificates compiled in, so
//! that it works in an image without any files.

use std::io;
use std::sync::{Arc, OnceLock};

use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Made at the first use: reading the certificates takes longer than the rest of a start.
static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();

/// Shakes hands with `host`, whose certificate must be good for that name.
pub(super) async fn secure(tcp: TcpStream, host: &str) -> io::Result<TlsStream<TcpStream>> {
    let config = match CONFIG.get() {
        Some(config) => config.clone(),
        None => {
            let made = configure(webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect())?;
            CONFIG.get_or_init(|| made).clone()
        }
    };
    shake_hands(config, tcp, host).await
}

fn configure(roots: RootCertStore) -> io::Result<Arc<ClientConfig>> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

async fn shake_hands(
    config: Arc<ClientConfig>,
    tcp: TcpStream,
    host: &str,
) -> io::Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from(host.to_owned())
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    TlsConnector::from(config).connect(name, tcp).await
}

#[cfg(test)]
#[path = "tls_tests.rs"]
mod tests;
