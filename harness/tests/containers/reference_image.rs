//! The image of the reference gateway: names are resolved and TLS is spoken
//! from inside it, where no file helps with either.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use bollard::models::{ContainerCreateBody, HostConfig};
use bollard::query_parameters::{CreateContainerOptions, UploadToContainerOptions};
use bollard::{Docker, body_full};
use harness::docker::{Engine, labels_of_this_harness};
use harness::image_size::gzipped_layers;
use harness::runner::free_port;
use tokio::net::TcpListener as AsyncListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::image::{REFERENCE, engine, reference};

const BY_HOSTS: &str = "hosts.tollgate.test";
const BY_DNS: &str = "dns.tollgate.test";
/// An address of this machine that nobody else answers names on.
const DNS: &str = "127.0.0.77";

#[test]
fn resolves_names_and_speaks_tls() {
    let Some((engine, _alone)) = engine("resolves_names_and_speaks_tls") else {
        return;
    };
    if reference(&engine, "resolves_names_and_speaks_tls").is_none() {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let names_answered = answer_names();
    let (refusals, refused) = mpsc::channel();
    let (upstream, authority) = runtime.block_on(provider(refusals));
    let port = free_port().expect("a port");
    let provider = |name: &str, host: &str, trust: &str| {
        format!(
            "[providers.{name}]\ndialects = [\"chat\"]\n\
             base_url = \"https://{host}:{}/v1\"\napi_key_env = \"KEY\"\n{trust}\n",
            upstream.port()
        )
    };
    let trust = "ca_file = \"/authority.pem\"";
    let config = [
        provider("hosts", BY_HOSTS, trust),
        provider("dns", BY_DNS, trust),
        provider("nobody", BY_HOSTS, ""),
    ]
    .concat();
    let gateway = runtime.block_on(Gateway::start(port, &config, &authority));

    let ask = |model: &str| ask(([127, 0, 0, 1], port).into(), model);
    let hosts = ask("hosts/m");
    assert!(hosts.starts_with("HTTP/1.1 200"), "{hosts}");
    let untrusted = ask("nobody/m");
    assert!(untrusted.starts_with("HTTP/1.1 502"), "{untrusted}");
    if names_answered {
        let dns = ask("dns/m");
        assert!(dns.starts_with("HTTP/1.1 200"), "{dns}");
    }
    drop(gateway);
    // It began the handshake and knew authorities, but not this one; without
    // any inside the image there would be no handshake.
    let refusal = refused.recv_timeout(Duration::from_secs(20));
    let refusal = refusal.expect("a handshake that was broken off");
    assert!(refusal.contains("UnknownCA"), "{refusal}");
}

#[test]
fn is_small_and_not_root() {
    let Some((engine, _alone)) = engine("is_small_and_not_root") else {
        return;
    };
    let Some(image) = reference(&engine, "is_small_and_not_root") else {
        return;
    };
    // As a registry would serve it.
    let compressed = gzipped_layers(engine.export(&image.id)).expect("a size");
    assert!(
        (1_000_000..4_000_000).contains(&compressed),
        "{compressed} bytes, compressed"
    );
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let config = runtime.block_on(async {
        let docker = Docker::connect_with_defaults().expect("an engine");
        let docker = docker.negotiate_version().await.expect("an engine");
        let found = docker.inspect_image(REFERENCE).await.expect("the image");
        found.config.expect("its configuration")
    });
    let user = config.user.expect("a user");
    let id = user.split(':').next().unwrap_or_default();
    let id: u32 = id.parse().expect("a number: there are no names inside");
    assert_ne!(id, 0, "{user}");
}

struct Gateway {
    docker: Docker,
    id: String,
}

impl Gateway {
    async fn start(port: u16, config: &str, authority: &str) -> Self {
        let docker = Docker::connect_with_defaults().expect("an engine");
        let docker = docker.negotiate_version().await.expect("an engine");
        let body = ContainerCreateBody {
            image: Some(REFERENCE.to_owned()),
            cmd: Some(vec![
                "--listen".to_owned(),
                format!("127.0.0.1:{port}"),
                "--config".to_owned(),
                "/gateway.toml".to_owned(),
            ]),
            env: Some(vec!["KEY=k".to_owned()]),
            host_config: Some(HostConfig {
                network_mode: Some("host".to_owned()),
                extra_hosts: Some(vec![format!("{BY_HOSTS}:127.0.0.1")]),
                dns: Some(vec![DNS.to_owned()]),
                ..HostConfig::default()
            }),
            // If this test is killed, the next run finds and removes it.
            labels: Some(labels_of_this_harness()),
            ..ContainerCreateBody::default()
        };
        let made = docker.create_container(None::<CreateContainerOptions>, body);
        let id = made.await.expect("a container").id;
        let gateway = Self { docker, id };
        let mut archive = tar::Builder::new(Vec::new());
        for (path, text) in [("gateway.toml", config), ("authority.pem", authority)] {
            let mut header = tar::Header::new_gnu();
            header.set_mode(0o644);
            header.set_size(text.len() as u64);
            let added = archive.append_data(&mut header, path, text.as_bytes());
            added.expect("an archive");
        }
        let archive = archive.into_inner().expect("an archive");
        let options = UploadToContainerOptions {
            path: "/".to_owned(),
            ..UploadToContainerOptions::default()
        };
        let (docker, id) = (&gateway.docker, &gateway.id);
        let put = docker.upload_to_container(id, Some(options), body_full(archive.into()));
        put.await.expect("files are put");
        docker.start_container(id, None).await.expect("it starts");
        gateway
    }
}

impl Drop for Gateway {
    /// However the test ends. On a thread of its own, since a runtime may be
    /// under way on this one.
    fn drop(&mut self) {
        let id = self.id.clone();
        let removed = thread::spawn(move || Engine::connect()?.remove(&id)).join();
        if !matches!(removed, Ok(Ok(()))) {
            eprintln!("the container {} is left: {removed:?}", self.id);
        }
    }
}

/// A provider whose certificate an authority of its own has signed, and that
/// authority's certificate. Tells of handshakes that were broken off.
async fn provider(refusals: mpsc::Sender<String>) -> (SocketAddr, String) {
    let names = vec![BY_HOSTS.to_owned(), BY_DNS.to_owned()];
    let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a certificate");
    let listener = AsyncListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        const ANSWER: &[u8] =
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
        let acceptor = TlsAcceptor::from(Arc::new(config));
        while let Ok((tcp, _)) = listener.accept().await {
            match acceptor.accept(tcp).await {
                Ok(mut tls) => {
                    let mut request = [0; 4096];
                    if tls.read(&mut request).await.is_ok() {
                        let _ = tls.write_all(ANSWER).await;
                        let _ = tls.shutdown().await;
                    }
                }
                Err(error) => {
                    let _ = refusals.send(error.to_string());
                }
            }
        }
    });
    (address, pem(made.cert.der()))
}

/// RFC 7468: base64 in lines of 64, with a line before and one after.
fn pem(certificate: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(certificate);
    let lines = text.as_bytes().chunks(64);
    let lines: Vec<String> = lines
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    )
}

/// Answers every question for an IPv4 address with this machine's; whether it
/// may listen where names are asked for.
fn answer_names() -> bool {
    let Ok(socket) = UdpSocket::bind((DNS, 53)) else {
        let _ = writeln!(
            std::io::stderr(),
            "\n*** SKIPPED: names by DNS inside the image: {DNS}:53 may not be listened on ***\n"
        );
        return false;
    };
    thread::spawn(move || {
        let mut question = [0; 512];
        while let Ok((length, client)) = socket.recv_from(&mut question) {
            let question = &question[..length];
            // RFC 1035, 4.1: a header of 12 bytes, then the name, a type and a
            // class; the name ends with a label of no length.
            let end = 12
                + question[12..]
                    .iter()
                    .position(|byte| *byte == 0)
                    .unwrap_or(0)
                + 5;
            let is_ipv4 = question[end - 4..end - 2] == [0, 1];
            let mut answer = question[..end].to_vec();
            answer[2..4].copy_from_slice(&[0x81, 0x80]);
            answer[4..12].copy_from_slice(&[0, 1, 0, u8::from(is_ipv4), 0, 0, 0, 0]);
            if is_ipv4 {
                // The name of the question, A, IN, a minute, four bytes.
                answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
            }
            let _ = socket.send_to(&answer, client);
        }
    });
    true
}

/// The whole answer to a request for `model`, once anybody listens.
fn ask(gateway: SocketAddr, model: &str) -> String {
    let begin = Instant::now();
    let mut stream = loop {
        match TcpStream::connect(gateway) {
            Ok(stream) => break stream,
            Err(error) => assert!(begin.elapsed() < Duration::from_secs(20), "{error}"),
        }
        thread::sleep(Duration::from_millis(20));
    };
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .expect("a limit");
    let body = format!(r#"{{"model":"{model}","messages":[]}}"#);
    let request = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: g\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}
