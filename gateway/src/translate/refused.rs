//! A request that cannot be said in the provider's dialect.

/// Why a request is not translated, and which of its parameters is at fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// The place in the client's request, as `messages[0].content[1]`; empty for all of it.
    pub(crate) param: String,
    /// What is wrong with it and what to do.
    pub(crate) message: String,
    /// It is not there at all.
    pub(crate) missing: bool,
}

impl Refused {
    pub(crate) fn new(param: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            param: param.into(),
            message: message.into(),
            missing: false,
        }
    }

    /// A member that must be there and is not.
    pub(crate) fn missing(name: impl Into<String>) -> Self {
        Self {
            missing: true,
            ..Self::new(name, "it is required")
        }
    }

    /// Something of the wrong type; the place is added on the way out.
    pub(crate) fn wrong_type(expected: &str) -> Self {
        Self::new("", format!("expected {expected}"))
    }

    /// Something that the provider's dialect has no word for.
    pub(crate) fn unsupported(what: &str) -> Self {
        Self::new(
            "",
            format!("{what} cannot be sent to this model's provider"),
        )
    }

    /// The same, for something inside the member `name`.
    pub(crate) fn at(self, name: &str) -> Self {
        let join = match self.param.as_bytes().first() {
            None | Some(b'[') => "",
            Some(_) => ".",
        };
        Self {
            param: format!("{name}{join}{}", self.param),
            ..self
        }
    }

    /// The same, for something inside the element `index`.
    pub(crate) fn at_index(self, index: usize) -> Self {
        self.at(&format!("[{index}]"))
    }

    /// The place as Messages writes it: `messages.0.content.1`.
    pub(crate) fn dotted_param(&self) -> String {
        self.param.replace('[', ".").replace(']', "")
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.missing {
            write!(formatter, "Missing required parameter: '{}'.", self.param)
        } else if self.param.is_empty() {
            write!(formatter, "Invalid request: {}.", self.message)
        } else {
            write!(formatter, "Invalid '{}': {}.", self.param, self.message)
        }
    }
}

impl std::error::Error for Refused {}
