//! Stopping: no new connections, but those at work may finish.

use std::io;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// How long requests may take to finish after the signal to stop.
pub(crate) const GRACE: Duration = Duration::from_secs(10);

/// Tells every worker to stop.
pub(crate) type Shutdown = watch::Sender<bool>;

/// Waits for SIGTERM or SIGINT.
pub(crate) async fn signalled() -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
