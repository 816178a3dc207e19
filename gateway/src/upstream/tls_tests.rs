use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::*;
use crate::upstream::connection::Connection;
use crate::upstream::stream::Stream;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

/// A server for `localhost` that answers each connection's first bytes, and its certificate.
async fn server() -> (SocketAddr, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        while let Ok((tcp, _)) = listener.accept().await {
            // A client that trusts nobody breaks the handshake off.
            if let Ok(mut tls) = acceptor.accept(tcp).await {
                let read = tls.read(&mut [0; 1024]).await.unwrap();
                assert!(read > 0);
                tls.write_all(ANSWER).await.unwrap();
                tls.shutdown().await.unwrap();
            }
        }
    });
    (address, certificate)
}

async fn connect(
    address: SocketAddr,
    roots: RootCertStore,
    host: &str,
) -> io::Result<TlsStream<TcpStream>> {
    let tcp = TcpStream::connect(address).await?;
    shake_hands(configure(roots)?, tcp, host).await
}

fn trusting(certificate: CertificateDer<'static>) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    roots
}

#[tokio::test]
async fn speaks_with_a_server_it_trusts() {
    let (address, certificate) = server().await;
    let tls = connect(address, trusting(certificate), "localhost")
        .await
        .unwrap();
    let mut connection = Connection::new(Stream::Tls(Box::new(tls)));
    let head = connection
        .ask(b"POST / HTTP/1.1\r\n\r\n", b"{}")
        .await
        .unwrap();
    assert_eq!(head.status, 200);
    assert_eq!(&connection.received[..], b"{}");
    // The server has closed since, which must show before the connection is used again.
    connection.received.clear();
    let noticing = async {
        while connection.is_quiet() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), noticing)
        .await
        .unwrap();
}

#[tokio::test]
async fn refuses_a_server_for_another_name() {
    let (address, certificate) = server().await;
    let error = connect(address, trusting(certificate), "example.com")
        .await
        .unwrap_err();
    assert!(error.to_string().contains("not valid for name"), "{error}");
}

#[tokio::test]
async fn refuses_a_server_that_nobody_vouches_for() {
    let (address, _) = server().await;
    let tcp = TcpStream::connect(address).await.unwrap();
    let error = secure(tcp, "localhost", &Trust::CompiledIn)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("UnknownIssuer"), "{error}");
}

#[tokio::test]
async fn a_file_of_certificates_is_trusted_instead() {
    let (address, certificate) = server().await;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let text = |certificate: &CertificateDer<'_>| {
        use base64::Engine as _;
        let text = base64::engine::general_purpose::STANDARD.encode(certificate);
        format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
    };
    std::io::Write::write_all(&mut file, text(&certificate).as_bytes()).unwrap();
    let trust = Trust::File(file.path().to_owned());
    let tcp = TcpStream::connect(address).await.unwrap();
    assert!(secure(tcp, "localhost", &trust).await.is_ok());
}

#[test]
fn a_file_without_certificates_is_an_error() {
    let file = tempfile::NamedTempFile::new().unwrap();
    for path in [file.path(), Path::new("/nonexistent/ca.pem")] {
        assert!(roots(&Trust::File(path.to_owned())).is_err());
    }
}
