//! Arguments that the command lines of several programs have in common.

use crate::{Dialect, UnknownWorkload};

/// `NAME: VALUE`, a header of a request.
///
/// # Errors
/// In words, when it is not one, or could smuggle in a line.
pub fn header(header: &str) -> Result<(String, String), String> {
    let (name, value) = header
        .split_once(':')
        .ok_or_else(|| format!("`{header}` is not `NAME: VALUE`"))?;
    let (name, value) = (name.trim(), value.trim());
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(token) {
        return Err(format!("`{name}` is not a header's name"));
    }
    if value.bytes().any(|byte| byte.is_ascii_control()) {
        return Err(format!("the value of `{name}` has a control character"));
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// `DIALECT=PATH`, where a dialect is served.
///
/// # Errors
/// In words, when it is not one.
pub fn path(path: &str) -> Result<(Dialect, String), String> {
    let (dialect, path) = path
        .split_once('=')
        .ok_or_else(|| format!("`{path}` is not `DIALECT=PATH`"))?;
    let dialect = dialect
        .parse()
        .map_err(|error: UnknownWorkload| error.to_string())?;
    if !path.starts_with('/') || path.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
        return Err(format!("`{path}` is not a path; it begins with `/`"));
    }
    Ok((dialect, path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_cannot_smuggle_lines() {
        assert_eq!(header("A: b"), Ok(("A".into(), "b".into())));
        assert!(header("A").is_err());
        assert!(header("A b: c").is_err());
        assert!(header("A: b\r\nC: d").is_err());
    }

    #[test]
    fn paths() {
        assert_eq!(
            path("messages=/anthropic/v1/messages"),
            Ok((Dialect::Messages, "/anthropic/v1/messages".into()))
        );
        assert!(path("messages=x").is_err());
        assert!(path("messages=/a b").is_err());
        assert!(path("message=/x").unwrap_err().contains("messages"));
    }
}
