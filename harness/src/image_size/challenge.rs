//! What a registry asks for before it answers.

/// Where a token can be had, from `WWW-Authenticate: Bearer …`, RFC 6750 and
/// the distribution project's token specification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Challenge {
    pub(super) realm: String,
    pub(super) service: Option<String>,
    pub(super) scope: Option<String>,
}

impl Challenge {
    /// Reads the header's value; `None` if it asks for something else.
    pub(super) fn parse(header: &str) -> Option<Self> {
        let (scheme, rest) = header.trim().split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let mut challenge = Self::default();
        let mut rest = rest.trim_start_matches([',', ' ']);
        while let Some((name, quoted)) = rest.split_once("=\"") {
            let (value, after) = quoted.split_once('"')?;
            match name.trim().to_ascii_lowercase().as_str() {
                "realm" => challenge.realm = value.to_owned(),
                "service" => challenge.service = Some(value.to_owned()),
                "scope" => challenge.scope = Some(value.to_owned()),
                _ => {}
            }
            rest = after.trim_start_matches([',', ' ']);
        }
        (!challenge.realm.is_empty()).then_some(challenge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_may_hold_a_comma() {
        let header = r#"Bearer realm="https://auth.example/token",service="r",scope="repository:a/b:pull,push", error="x""#;
        let challenge = Challenge::parse(header).unwrap();
        assert_eq!(challenge.realm, "https://auth.example/token");
        assert_eq!(challenge.service.as_deref(), Some("r"));
        assert_eq!(challenge.scope.as_deref(), Some("repository:a/b:pull,push"));
    }

    #[test]
    fn what_is_no_bearer_challenge() {
        for header in [
            "",
            "Bearer",
            r#"Basic realm="x""#,
            r#"Bearer service="r""#,
            r#"Bearer realm="never ends"#,
        ] {
            assert_eq!(Challenge::parse(header), None, "{header}");
        }
    }
}
