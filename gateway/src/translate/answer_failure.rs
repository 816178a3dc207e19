//! Why a provider's answer cannot be told.

use super::problem::Problem;
use crate::dialect::Fault;

/// A whole answer, or one event of a stream, that is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AnswerFailure {
    /// It is not of the provider's dialect; what it lacks.
    Unreadable(&'static str),
    /// It reports an error of the provider's, under a status that says otherwise.
    Problem(Problem),
}

impl From<serde_json::Error> for AnswerFailure {
    fn from(_: serde_json::Error) -> Self {
        Self::Unreadable("it is no JSON of the provider's dialect")
    }
}

impl AnswerFailure {
    /// What a client is told of it.
    pub(crate) fn into_fault(self, provider: &str) -> Fault {
        match self {
            Self::Unreadable(what) => Fault::BadAnswer {
                provider: provider.to_owned(),
                what,
            },
            Self::Problem(problem) => Fault::Provider(problem),
        }
    }
}
