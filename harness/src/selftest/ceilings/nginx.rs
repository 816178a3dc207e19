//! nginx as the mock's yardstick: the same bytes from memory.

use std::net::SocketAddr;
use std::process::{Command, Stdio};

use workload::{DEFAULT_MODEL, DEFAULT_PROMPT, RequestSpec, Workload};

use crate::process::{ChildTree, clean_environment};
use crate::resources::ProcessMeter;
use crate::runner::free_port;
use crate::selftest::{Bench, BenchError};

/// An nginx that listens.
pub(super) struct Nginx {
    server: ChildTree,
    pub(super) address: SocketAddr,
}

impl Nginx {
    /// Returns what `mock` answers; none where nginx is not installed.
    pub(super) fn like(bench: &Bench, mock: SocketAddr) -> Result<Option<Self>, BenchError> {
        let Some(nginx) = bench.programs.find("nginx") else {
            return Ok(None);
        };
        let port = free_port()?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let config = bench.file("nginx.conf", &config(port, &answer(mock)?))?;
        let mut command = Command::new(nginx);
        command
            .arg("-p")
            .arg(bench.scratch.path())
            .arg("-c")
            .arg(config)
            .args(["-e", "stderr"])
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        clean_environment(&mut command);
        let server = ChildTree::spawn(command)?;
        wait_for_port(address)?;
        Ok(Some(Self { server, address }))
    }

    /// A meter of its processes.
    pub(super) fn meter(&self) -> ProcessMeter {
        ProcessMeter::of_tree(&self.server)
    }
}

/// The mock's chat answer, as nginx is to return it.
fn answer(mock: SocketAddr) -> Result<String, BenchError> {
    let spec = RequestSpec::new(Workload::ALL[0], DEFAULT_MODEL, DEFAULT_PROMPT, "sk-a");
    let failed = |error: reqwest::Error| BenchError::Machine(error.to_string());
    let client = reqwest::blocking::Client::builder().no_proxy().build();
    client
        .and_then(|client| {
            client
                .post(format!("http://{mock}{}", spec.workload.dialect.path()))
                .header("content-type", "application/json")
                .body(spec.body)
                .send()?
                .text()
        })
        .map_err(failed)
}

/// As the interfaces fix the mock's yardstick: the same bytes from memory, one
/// worker, no access log.
fn config(port: u16, body: &str) -> String {
    let body = body.replace('\\', "\\\\").replace('\'', "\\'");
    format!(
        "daemon off;\npid nginx.pid;\nworker_processes 1;\nerror_log stderr;\n\
         events {{ worker_connections 1024; }}\n\
         http {{\n  access_log off;\n  server_tokens off;\n  keepalive_requests 100000000;\n  \
         client_body_temp_path body;\n  proxy_temp_path proxy;\n  fastcgi_temp_path fastcgi;\n  \
         uwsgi_temp_path uwsgi;\n  scgi_temp_path scgi;\n  default_type application/json;\n  \
         server {{ listen 127.0.0.1:{port}; location / {{ return 200 '{body}'; }} }}\n}}\n"
    )
}

fn wait_for_port(address: SocketAddr) -> Result<(), BenchError> {
    for _ in 0..500 {
        if std::net::TcpStream::connect(address).is_ok() {
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    Err(BenchError::Machine("nginx did not listen".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_in_a_body_do_not_end_nginx_strings() {
        let config = config(1, r#"{"a":"it's \"b\""}"#);
        assert!(
            config.contains(r#"return 200 '{"a":"it\'s \\"b\\""}';"#),
            "{config}"
        );
    }
}
