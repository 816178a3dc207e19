//! The names of the faults, and what each does where.

use std::fmt::Write;
use std::time::Duration;

use super::Fault;

/// What is behind a fault's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    None,
    Status,
    Duration,
    /// A count, with the one that is meant when none is given.
    Count(usize),
}

/// A fault that can be asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) argument: Argument,
    /// It applies to whole answers too, not to streams alone.
    pub(super) whole: bool,
    what: &'static str,
}

const fn entry(name: &'static str, argument: Argument, whole: bool, what: &'static str) -> Entry {
    Entry {
        name,
        argument,
        whole,
        what,
    }
}

/// Every fault, in the order in which they are listed. All apply to each
/// dialect.
pub(super) const ENTRIES: [Entry; 17] = [
    entry(
        "status",
        Argument::Status,
        true,
        "an error of that status, with the provider's body and fields (429: retry-after, rate limits)",
    ),
    entry("delay", Argument::Duration, true, "silence before the head"),
    entry(
        "hang",
        Argument::None,
        true,
        "no answer; the connection stays open",
    ),
    entry(
        "close",
        Argument::None,
        true,
        "the connection is closed before the head",
    ),
    entry(
        "cut",
        Argument::Count(4),
        true,
        "the connection is closed after N events, or N bytes of a whole answer's body",
    ),
    entry(
        "stall",
        Argument::Count(4),
        true,
        "silence after N events, or N bytes of a whole answer's body",
    ),
    entry(
        "error",
        Argument::Count(4),
        false,
        "an error in the dialect's form after N events, and the end",
    ),
    entry(
        "truncated-json",
        Argument::None,
        true,
        "half of the JSON of an event in the middle, or of the whole answer",
    ),
    entry(
        "wrong-text",
        Argument::None,
        true,
        "one letter of the text is another",
    ),
    entry(
        "reorder",
        Argument::None,
        false,
        "the first two generated pieces change places",
    ),
    entry(
        "no-usage",
        Argument::None,
        true,
        "no usage; Responses: null",
    ),
    entry(
        "no-terminal",
        Argument::None,
        false,
        "no [DONE], response.completed or message_stop",
    ),
    entry(
        "comments",
        Argument::None,
        false,
        "comments between the events; Messages: pings too",
    ),
    entry("crlf", Argument::None, false, "lines end in CR LF"),
    entry(
        "several-events-in-one-write",
        Argument::None,
        false,
        "three events in one chunk and one write",
    ),
    entry(
        "split-utf8",
        Argument::None,
        true,
        "writes (and chunks) end within é and the emoji",
    ),
    entry(
        "one-byte-writes",
        Argument::None,
        true,
        "each byte in a write of its own",
    ),
];

impl Fault {
    /// The fault's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Status(_) => "status",
            Self::Delay(_) => "delay",
            Self::Hang => "hang",
            Self::Close => "close",
            Self::NoUsage => "no-usage",
            Self::WrongText => "wrong-text",
            Self::Reorder => "reorder",
            Self::TruncatedJson => "truncated-json",
            Self::Error(_) => "error",
            Self::NoTerminal => "no-terminal",
            Self::Comments => "comments",
            Self::Crlf => "crlf",
            Self::SeveralEventsInOneWrite => "several-events-in-one-write",
            Self::SplitUtf8 => "split-utf8",
            Self::OneByteWrites => "one-byte-writes",
            Self::Cut(_) => "cut",
            Self::Stall(_) => "stall",
        }
    }

    /// Whether it means something for an answer that is, or is not, a stream.
    pub fn applies(self, stream: bool) -> bool {
        stream
            || ENTRIES
                .iter()
                .any(|entry| entry.name == self.name() && entry.whole)
    }

    /// The fault of this entry.
    pub(super) fn of(entry: &Entry, status: u16, delay: Duration, count: usize) -> Self {
        match entry.name {
            "status" => Self::Status(status),
            "delay" => Self::Delay(delay),
            "hang" => Self::Hang,
            "close" => Self::Close,
            "no-usage" => Self::NoUsage,
            "wrong-text" => Self::WrongText,
            "reorder" => Self::Reorder,
            "truncated-json" => Self::TruncatedJson,
            "error" => Self::Error(count),
            "no-terminal" => Self::NoTerminal,
            "comments" => Self::Comments,
            "crlf" => Self::Crlf,
            "several-events-in-one-write" => Self::SeveralEventsInOneWrite,
            "split-utf8" => Self::SplitUtf8,
            "one-byte-writes" => Self::OneByteWrites,
            "cut" => Self::Cut(count),
            _ => Self::Stall(count),
        }
    }
}

/// The list that `mockbackend faults` prints.
pub fn list() -> String {
    let mut list = String::from(
        "Ask for faults in the field `x-mock-fault: NAME[=ARG][,…]`, behind the model's\n\
         name, `MODEL#fault:NAME[=ARG][,…]`, or in a share of all answers, `--fault-rate\n\
         NAME[=ARG]=0.01`. Each applies to every dialect. Those marked `stream` apply to\n\
         streams alone: a whole answer that asks for one is refused with 400, and a rate\n\
         passes over it.\n\n",
    );
    for entry in &ENTRIES {
        let argument = match entry.argument {
            Argument::None => String::new(),
            Argument::Status => "=NNN".to_owned(),
            Argument::Duration => "=D".to_owned(),
            Argument::Count(default) => format!("[=N] ({default})"),
        };
        let name = format!("{}{argument}", entry.name);
        let mode = if entry.whole { "" } else { "stream" };
        // Writing to a string cannot fail.
        let _ = writeln!(list, "  {name:<28} {mode:<7} {}", entry.what);
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_its_own_fault() {
        for entry in &ENTRIES {
            let fault = Fault::of(entry, 429, Duration::ZERO, 1);
            assert_eq!(fault.name(), entry.name);
            assert_eq!(fault.applies(false), entry.whole);
            assert!(fault.applies(true));
            assert!(list().contains(&format!("  {}", entry.name)));
        }
    }
}
