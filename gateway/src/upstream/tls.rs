//! TLS towards providers: rustls with ring. Mozilla's root certificates are compiled in, so that
//! it works in an image without any files; a provider may be held to others.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::config::Trust;

/// Made at the first use: reading the certificates takes longer than the rest of a start. Locked
/// for each new connection only, which takes far longer.
static CONFIGS: Mutex<Option<HashMap<Trust, Arc<ClientConfig>>>> = Mutex::new(None);

/// Shakes hands with `host`, whose certificate must be good for that name.
pub(super) async fn secure(
    tcp: TcpStream,
    host: &str,
    trust: &Trust,
) -> io::Result<TlsStream<TcpStream>> {
    shake_hands(config(trust)?, tcp, host).await
}

/// Has the certificates of files and of the system read again for the next connections: they are
/// renewed under the same name.
pub(crate) fn forget_certificates() {
    let mut configs = CONFIGS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(configs) = configs.as_mut() {
        configs.retain(|trust, _| *trust == Trust::CompiledIn);
    }
}

fn config(trust: &Trust) -> io::Result<Arc<ClientConfig>> {
    let mut configs = CONFIGS.lock().unwrap_or_else(PoisonError::into_inner);
    let configs = configs.get_or_insert_default();
    if let Some(config) = configs.get(trust) {
        return Ok(config.clone());
    }
    let made = configure(roots(trust)?)?;
    configs.insert(trust.clone(), made.clone());
    Ok(made)
}

/// The certificates of the authorities in `trust`.
fn roots(trust: &Trust) -> io::Result<RootCertStore> {
    let certificates = match trust {
        Trust::CompiledIn => return Ok(webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect()),
        Trust::System => rustls_native_certs::load_native_certs().certs,
        Trust::File(path) => in_file(path)?,
    };
    let mut roots = RootCertStore::empty();
    // A system's list may hold some that rustls takes exception to; the others still count.
    let (added, _) = roots.add_parsable_certificates(certificates);
    match added {
        0 => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "no certificate of an authority was found",
        )),
        _ => Ok(roots),
    }
}

/// The certificates of a PEM file.
fn in_file(path: &Path) -> io::Result<Vec<CertificateDer<'static>>> {
    CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))
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
