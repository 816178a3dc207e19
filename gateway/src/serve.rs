//! Starting, reloading and stopping the gateway.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::sync::{oneshot, watch};

use crate::access_log::{Level, Writer, event};
use crate::config::{Config, ConfigError};
use crate::lifecycle::{Fleet, Generation, Signal, Signals, Stop, notify, ready};
use crate::server::{self, BindError, Post};
use crate::upstream::forget_certificates;

/// Why the gateway did not start or run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    #[error(transparent)]
    Bind(#[from] BindError),
    #[error("cannot start: {0}")]
    Start(#[from] io::Error),
}

/// Serves until SIGTERM or SIGINT, with one worker a core. SIGHUP has the configuration read
/// again, by `reload`.
pub(crate) fn serve(
    config: Config,
    reload: impl Fn() -> Result<Config, ConfigError>,
) -> Result<(), ServeError> {
    raise_file_limit();
    let count = thread::available_parallelism().map_or(1, usize::from);
    let listeners = server::bind(config.listen, count)?;
    let address = listeners
        .first()
        .map_or(Ok(config.listen), |listener| listener.local_addr())?;
    let writer = Writer::start(&config.operations.log.to)?;
    let lost = writer.as_ref().map(Writer::lost).unwrap_or_default();
    let (fleet, orders) = Fleet::new(count, lost);
    let fleet = Arc::new(fleet);
    let generation = Generation::new(&config, fleet.clone());
    let stop = watch::Sender::new(Stop::Never);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    // Before anybody learns that the gateway is there, and may send one.
    let mut signals = {
        let _inside = runtime.enter();
        Signals::take()?
    };
    let mut workers = Vec::with_capacity(count);
    for ((number, listener), orders) in listeners.into_iter().enumerate().zip(orders) {
        workers.push(server::start(Post {
            number,
            listener,
            generation: generation.clone(),
            pen: writer.as_ref().map(Writer::pen),
            orders,
            stop: stop.subscribe(),
        })?);
    }
    announce(&config, address);
    ready();
    runtime.block_on(run(
        &mut signals,
        config,
        reload,
        &fleet,
        writer.as_ref(),
        &stop,
        workers,
    ))?;
    if let Some(lost) = writer.map(Writer::finish).filter(|lost| *lost > 0) {
        say(&format!("{lost} log lines were lost"));
    }
    Ok(())
}

/// Every request takes two descriptors, and the limit that a shell sets is mostly for programs
/// that wait with `select`. Where it cannot be raised, accepting waits for descriptors.
fn raise_file_limit() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    let _ = setrlimit(Resource::Nofile, raised);
}

/// Follows signals until all workers have ended.
async fn run(
    signals: &mut Signals,
    mut config: Config,
    reload: impl Fn() -> Result<Config, ConfigError>,
    fleet: &Arc<Fleet>,
    writer: Option<&Writer>,
    stop: &watch::Sender<Stop>,
    workers: Vec<JoinHandle<()>>,
) -> io::Result<()> {
    while signals.next().await == Signal::Reload {
        let told = match reload() {
            Ok(new) => {
                forget_certificates();
                fleet.adopt(&Generation::new(&new, fleet.clone()));
                let (level, told) = adopted(&config, &new);
                config = new;
                (level, "reloaded", told)
            }
            Err(error) => {
                fleet.refused_reload();
                let told =
                    format!("The configuration was not reloaded and stays as it was: {error}");
                (Level::Error, "reload_refused", told)
            }
        };
        tell(writer, told.0, told.1, &told.2);
        if let Some(writer) = writer {
            writer.reopen();
        }
    }
    notify("STOPPING=1");
    let limit = config.operations.shutdown_timeout.0;
    tell(
        writer,
        Level::Info,
        "stopping",
        "No new connections; requests may finish.",
    );
    stop.send_replace(Stop::Within(limit));
    let mut ended = joined(workers);
    loop {
        tokio::select! {
            ended = &mut ended => return ended.unwrap_or(Ok(())),
            signal = signals.next() => if signal == Signal::Stop {
                stop.send_replace(Stop::Now);
            },
        }
    }
}

/// Waits for the workers on a thread of its own.
fn joined(workers: Vec<JoinHandle<()>>) -> oneshot::Receiver<io::Result<()>> {
    let (tell, ended) = oneshot::channel();
    thread::spawn(move || {
        let panicked = workers
            .into_iter()
            .map(JoinHandle::join)
            .filter(Result::is_err)
            .count();
        let result = match panicked {
            0 => Ok(()),
            _ => Err(io::Error::other("a worker panicked")),
        };
        drop(tell.send(result));
    });
    ended
}

/// What is said of a new configuration.
fn adopted(old: &Config, new: &Config) -> (Level, String) {
    let reloaded = "The configuration was reloaded.";
    if old.listen == new.listen && old.operations.log.to == new.operations.log.to {
        return (Level::Info, reloaded.to_owned());
    }
    let text = format!("{reloaded} `listen` and `log.to` stay as they were until the next start.");
    (Level::Warn, text)
}

/// Tells of the gateway itself: on standard error and in the log.
fn tell(writer: Option<&Writer>, level: Level, name: &str, message: &str) {
    say(message);
    if let Some(writer) = writer {
        writer.event(event(level, name, message));
    }
}

/// Says something on standard error. That nobody listens there any more is no reason to end.
fn say(message: &str) {
    let _ = writeln!(io::stderr(), "gateway: {message}");
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
