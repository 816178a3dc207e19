//! A worker: accepts connections and serves them, all on its own thread.

use std::net::TcpListener as StdListener;
use std::rc::Rc;
use std::sync::{Arc, mpsc};
use std::time::Duration;
use std::{io, thread};

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, LocalOptions, LocalRuntime};
use tokio::sync::watch;
use tokio::task::{self, JoinHandle};
use tokio::time::{self, timeout};

use super::{GRACE, Gateway, service};
use crate::upstream::{Client, Target};

/// How long to wait when there are no file descriptors left for another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How often idle connections to providers are looked through.
const POOL_SWEEP: Duration = Duration::from_secs(5);

/// What a request needs, for all requests of one thread.
pub(crate) struct Worker {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) client: Client,
    pub(super) routes: TowerToHyperService<Router>,
}

/// Starts a worker's thread, which ends after `stop` became true. Returns once it listens.
pub(crate) fn start(
    number: usize,
    listener: StdListener,
    gateway: Arc<Gateway>,
    targets: Arc<[Target]>,
    stop: watch::Receiver<bool>,
) -> io::Result<thread::JoinHandle<()>> {
    let (tell, started) = mpsc::sync_channel(1);
    let thread = thread::Builder::new()
        .name(format!("worker-{number}"))
        .spawn(move || {
            let (runtime, listener) = match listen(listener) {
                Ok(listening) => listening,
                // Whoever starts the worker waits for this.
                Err(error) => return drop(tell.send(Err(error))),
            };
            drop(tell.send(Ok(())));
            runtime.block_on(serve(listener, gateway, targets, stop));
        })?;
    started.recv().map_err(io::Error::other)??;
    Ok(thread)
}

/// This thread's runtime, and the socket in it.
fn listen(listener: StdListener) -> io::Result<(LocalRuntime, TcpListener)> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())?;
    let listener = runtime.block_on(async { TcpListener::from_std(listener) })?;
    Ok((runtime, listener))
}

async fn serve(
    listener: TcpListener,
    gateway: Arc<Gateway>,
    targets: Arc<[Target]>,
    mut stop: watch::Receiver<bool>,
) {
    let worker = Rc::new(Worker {
        client: Client::new(targets),
        routes: TowerToHyperService::new(crate::routes::router(gateway.clone())),
        gateway,
    });
    let sweep = sweep_pool(worker.clone());
    let connections = GracefulShutdown::new();
    tokio::select! {
        () = accept(&listener, &worker, &connections) => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
    drop(listener);
    sweep.abort();
    // What is not done by then is cut off.
    let _ = timeout(GRACE, connections.shutdown()).await;
}

async fn accept(listener: &TcpListener, worker: &Rc<Worker>, connections: &GracefulShutdown) {
    loop {
        match listener.accept().await {
            Ok((tcp, _)) => spawn(tcp, worker.clone(), connections),
            // The connection died while it waited, or descriptors ran out: both pass.
            Err(_) => time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

fn spawn(tcp: TcpStream, worker: Rc<Worker>, connections: &GracefulShutdown) {
    // Without it answers only come later; a socket that refuses it is closing anyway.
    let _ = tcp.set_nodelay(true);
    let service = service_fn(move |request| service::answer(worker.clone(), request));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(tcp), service);
    // An error here is a client that went away or does not speak HTTP: nothing to be done.
    task::spawn_local(connections.watch(connection));
}

fn sweep_pool(worker: Rc<Worker>) -> JoinHandle<()> {
    task::spawn_local(async move {
        loop {
            time::sleep(POOL_SWEEP).await;
            worker.client.close_idle();
        }
    })
}
