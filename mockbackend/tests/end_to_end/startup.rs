//! Starting and stopping.

use rustix::process::Signal;

use crate::mock::{Mock, command};

#[test]
fn signals_end_it_well() {
    for signal in [Signal::TERM, Signal::INT] {
        for workers in ["1", "2"] {
            let mock = Mock::start(&["--workers", workers]);
            assert_eq!(mock.stop(signal).code(), Some(0));
        }
    }
}

#[test]
fn a_port_that_is_taken() {
    let mock = Mock::start(&["--workers", "2"]);
    for workers in ["1", "2"] {
        let output = command()
            .args(["--listen", &mock.address.to_string(), "--workers", workers])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(4));
        assert_eq!(output.stdout, b"");
        let message = String::from_utf8(output.stderr).unwrap();
        let begin = format!("mockbackend: cannot listen on {}: ", mock.address);
        assert!(message.starts_with(&begin), "{message}");
        assert_eq!(message.lines().count(), 1);
    }
}

#[test]
fn wrong_usage() {
    for arguments in [&[][..], &["--listen", "nowhere"], &["--chunks", "0"]] {
        let output = command().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
    }
}
