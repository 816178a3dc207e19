//! A provider that speaks TLS, as `localhost`.

use std::io::{BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::provider::read;

/// A provider with a certificate of its own making.
pub(crate) struct TlsProvider {
    port: u16,
    certificate: String,
}

impl TlsProvider {
    /// Answers every request with the same bytes.
    pub(crate) fn saying(said: String) -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a key");
        let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions of TLS")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .map(Arc::new)
            .expect("a key that fits");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        thread::spawn(move || {
            for tcp in listener.incoming().map_while(Result::ok) {
                let (config, said) = (config.clone(), said.clone());
                thread::spawn(move || {
                    let tls = ServerConnection::new(config).expect("a connection");
                    let mut reader = BufReader::new(StreamOwned::new(tls, tcp));
                    // A client that does not trust the certificate breaks off before it asks.
                    while read(0, &mut reader).is_some() {
                        let tls = reader.get_mut();
                        if tls
                            .write_all(said.as_bytes())
                            .and_then(|()| tls.flush())
                            .is_err()
                        {
                            break;
                        }
                    }
                });
            }
        });
        let text = STANDARD.encode(made.cert.der());
        Self {
            port,
            certificate: format!(
                "-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n"
            ),
        }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("https://localhost:{}/v1", self.port)
    }

    /// Writes its certificate, by which it is trusted, to `file`.
    pub(crate) fn vouch(&self, file: &Path) {
        std::fs::write(file, &self.certificate).expect("it is written");
    }
}
