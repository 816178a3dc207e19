//! Starting and stopping the gateway.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;

use crate::config::Config;
use crate::server::{self, BindError, Gateway, Shutdown};
use crate::upstream::Target;

/// Why the gateway did not start or run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    #[error(transparent)]
    Bind(#[from] BindError),
    #[error("cannot start: {0}")]
    Start(#[from] io::Error),
}

/// Serves until SIGTERM or SIGINT, with one worker a core.
pub(crate) fn serve(config: &Config) -> Result<(), ServeError> {
    let count = thread::available_parallelism().map_or(1, usize::from);
    let listeners = server::bind(config.listen, count)?;
    let address = listeners
        .first()
        .map_or(Ok(config.listen), |listener| listener.local_addr())?;
    let gateway = Arc::new(Gateway::new(config));
    let targets: Arc<[Target]> = config.providers.iter().map(Target::new).collect();
    let stop = Shutdown::new(false);
    let signals = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut workers = Vec::with_capacity(count);
    for (number, listener) in listeners.into_iter().enumerate() {
        let (gateway, targets) = (gateway.clone(), targets.clone());
        workers.push(server::start(
            number,
            listener,
            gateway,
            targets,
            stop.subscribe(),
        )?);
    }
    announce(config, address);
    signals.block_on(server::signalled())?;
    stop.send_replace(true);
    for worker in workers {
        worker
            .join()
            .map_err(|_| io::Error::other("a worker panicked"))?;
    }
    Ok(())
}

fn announce(config: &Config, address: SocketAddr) {
    for provider in &config.providers {
        if let (Some(variable), None) = (&provider.key.variable, &provider.key.value) {
            eprintln!(
                "gateway: {variable} is not set, so `{}` is sent the client's own key",
                provider.name
            );
        }
    }
    eprintln!("gateway: listening on http://{address}");
}
