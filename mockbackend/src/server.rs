//! Starting and stopping.

use std::convert::Infallible;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};

use crate::http::listener::listen;
use crate::service::Service;
use crate::{ServeOptions, connection};

/// Pause after a connection could not be accepted: what is short then, files
/// for example, comes back only as other connections end.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// Why the mock could not serve.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address could not be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// Threads, signals or standard output failed.
    #[error("cannot start: {0}")]
    Start(#[from] io::Error),
}

/// Serves until SIGTERM or SIGINT, then returns; streams under way are cut.
///
/// Each worker is a thread with a runtime and a listening socket of its own,
/// so that nothing is shared between two of them while serving. One worker is
/// the calling thread itself.
///
/// # Errors
/// [`StartError`], when the address is taken or the system refuses a thread.
pub fn serve(options: &ServeOptions) -> Result<(), StartError> {
    let service = Arc::new(Service::new(&options.script(), options.behaviour()));
    let listeners =
        listen(options.listen, options.workers).map_err(|source| StartError::Listen {
            address: options.listen,
            source,
        })?;
    let mut workers = listeners
        .into_iter()
        .map(|listener| Worker::new(listener, Arc::clone(&service)))
        .collect::<io::Result<Vec<_>>>()?;
    let first = workers.swap_remove(0);
    for worker in workers {
        thread::Builder::new()
            .name("worker".to_owned())
            .spawn(move || {
                worker
                    .runtime
                    .block_on(accept(worker.listener, worker.service))
            })?;
    }
    first.runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        announce(first.listener.local_addr()?)?;
        tokio::select! {
            never = accept(first.listener, first.service) => match never {},
            _ = terminate.recv() => Ok(()),
            _ = interrupt.recv() => Ok(()),
        }
    })
}

/// A runtime for one thread, and what it serves.
struct Worker {
    runtime: Runtime,
    listener: TcpListener,
    service: Arc<Service>,
}

impl Worker {
    fn new(listener: std::net::TcpListener, service: Arc<Service>) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _within = runtime.enter();
            TcpListener::from_std(listener)?
        };
        Ok(Self {
            runtime,
            listener,
            service,
        })
    }
}

/// Tells whoever started the program that it can be used, and under which port.
pub(crate) fn announce(address: SocketAddr) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "listening on http://{address}")?;
    out.flush()
}

async fn accept(listener: TcpListener, service: Arc<Service>) -> Infallible {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection::serve(stream, Arc::clone(&service)));
            }
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}
