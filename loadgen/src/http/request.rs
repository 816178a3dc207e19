//! The bytes of a request, made once and sent many times.

use std::collections::BTreeMap;

use workload::RequestSpec;

/// The whole request as it goes over the wire: head and body.
///
/// `authority` is the `host` header. A header of `extra` replaces the
/// workload's own header of that name.
pub fn request_bytes(
    spec: &RequestSpec,
    path: &str,
    authority: &str,
    extra: &[(String, String)],
) -> Vec<u8> {
    let mut headers: BTreeMap<String, String> = spec
        .headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    headers.insert("host".to_owned(), authority.to_owned());
    headers.insert(
        "user-agent".to_owned(),
        concat!("tollgate-loadgen/", env!("CARGO_PKG_VERSION")).to_owned(),
    );
    for (name, value) in extra {
        headers.insert(name.to_ascii_lowercase(), value.clone());
    }
    headers.insert("content-length".to_owned(), spec.body.len().to_string());
    let mut bytes = format!("POST {path} HTTP/1.1\r\n").into_bytes();
    for (name, value) in &headers {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&spec.body);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extra_header_replaces_the_workloads_own() {
        let spec = RequestSpec::new("chat".parse().unwrap(), "m", "p", "k");
        let extra = [("Authorization".to_owned(), "Bearer other".to_owned())];
        let bytes = request_bytes(&spec, "/x", "localhost:1", &extra);
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.starts_with("POST /x HTTP/1.1\r\nauthorization: Bearer other\r\n"));
        assert!(text.contains("\r\nhost: localhost:1\r\n"));
        assert!(text.contains("\r\ncontent-length: 56\r\n"), "{text}");
        assert!(text.ends_with(r#"}]}"#));
    }
}
