//! A worker: accepts connections and serves them, all on its own thread.

use std::cell::RefCell;
use std::net::TcpListener as StdListener;
use std::rc::Rc;
use std::sync::{Arc, mpsc};
use std::time::Duration;
use std::{io, thread};

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, LocalOptions, LocalRuntime};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;
use tokio::task::{self, JoinHandle};
use tokio::time::{self, timeout};

use super::http1::{self, Connections};
use super::{Gateway, service};
use crate::access_log::Pen;
use crate::deadline;
use crate::lifecycle::{Generation, Order, Stop};
use crate::trail::Recorder;
use crate::upstream::Client;

/// How long to wait when there are no file descriptors left for another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How often idle connections to providers are looked through.
const POOL_SWEEP: Duration = Duration::from_secs(5);
/// How long a line may wait to be written to the log.
const LOG_FLUSH: Duration = Duration::from_millis(100);

/// What a request needs, for all requests of one thread. Replaced at a reload; a request keeps
/// the one that it began with.
pub(crate) struct Worker {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) client: Client,
    pub(crate) recorder: Rc<Recorder>,
    pub(super) routes: Router,
}

impl Worker {
    fn new(generation: &Generation, recorder: Rc<Recorder>) -> Rc<Self> {
        let gateway = generation.gateway.clone();
        Rc::new(Self {
            client: Client::new(generation.targets.clone()),
            routes: crate::routes::router(gateway.clone()),
            recorder,
            gateway,
        })
    }
}

/// What a worker is given to begin with.
pub(crate) struct Post {
    pub(crate) number: usize,
    pub(crate) listener: StdListener,
    pub(crate) generation: Generation,
    /// `None` where no request is logged.
    pub(crate) pen: Option<Pen>,
    pub(crate) orders: UnboundedReceiver<Order>,
    pub(crate) stop: watch::Receiver<Stop>,
}

/// Starts a worker's thread, which ends at the stop. Returns once it listens.
pub(crate) fn start(mut post: Post) -> io::Result<thread::JoinHandle<()>> {
    let (tell, started) = mpsc::sync_channel(1);
    let thread = thread::Builder::new()
        .name(format!("worker-{}", post.number))
        .spawn(move || {
            let (runtime, listener) = match listen(&mut post) {
                Ok(listening) => listening,
                // Whoever starts the worker waits for this.
                Err(error) => return drop(tell.send(Err(error))),
            };
            drop(tell.send(Ok(())));
            runtime.block_on(serve(listener, post));
        })?;
    started.recv().map_err(io::Error::other)??;
    Ok(thread)
}

/// This thread's runtime, and the socket in it.
fn listen(post: &mut Post) -> io::Result<(LocalRuntime, TcpListener)> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())?;
    let listener = post.listener.try_clone()?;
    let listener = runtime.block_on(async { TcpListener::from_std(listener) })?;
    Ok((runtime, listener))
}

/// The worker that serves requests which begin now.
type Current = Rc<RefCell<Rc<Worker>>>;

async fn serve(listener: TcpListener, post: Post) {
    let Post {
        generation,
        pen,
        orders,
        mut stop,
        listener: socket,
        ..
    } = post;
    // The runtime has its own handle; this one would keep the port open.
    drop(socket);
    let names = generation.gateway.fleet.names.clone();
    let recorder = Rc::new(Recorder::new(names, pen));
    let current = Rc::new(RefCell::new(Worker::new(&generation, recorder.clone())));
    drop(generation);
    task::spawn_local(flush_log(recorder.clone()));
    task::spawn_local(obey(orders, current.clone(), recorder));
    task::spawn_local(deadline::watch());
    let sweep = sweep_pool(current.clone());
    let connections = Connections::default();
    tokio::select! {
        () = accept(&listener, &current, &connections) => {}
        _ = stop.wait_for(|stop| *stop != Stop::Never) => {}
    }
    drop(listener);
    sweep.abort();
    let Stop::Within(limit) = *stop.borrow_and_update() else {
        return;
    };
    // What is not done by then is cut off, and all of it at a second signal.
    tokio::select! {
        _ = timeout(limit, connections.finish()) => {}
        _ = stop.wait_for(|stop| *stop == Stop::Now) => {}
    }
}

/// Carries out what the worker is told.
async fn obey(mut orders: UnboundedReceiver<Order>, current: Current, recorder: Rc<Recorder>) {
    while let Some(order) = orders.recv().await {
        match order {
            // Whoever asked may have gone.
            Order::Count(tell) => drop(tell.send(recorder.counts())),
            Order::Adopt(generation) => {
                let worker = Worker::new(&generation, recorder.clone());
                current.replace(worker);
            }
        }
    }
}

async fn flush_log(recorder: Rc<Recorder>) {
    loop {
        time::sleep(LOG_FLUSH).await;
        recorder.flush();
    }
}

async fn accept(listener: &TcpListener, current: &Current, connections: &Connections) {
    loop {
        match listener.accept().await {
            Ok((tcp, _)) => spawn(tcp, current.clone(), connections),
            // The connection died while it waited, or descriptors ran out: both pass.
            Err(_) => time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

fn spawn(tcp: TcpStream, current: Current, connections: &Connections) {
    let patience = current.borrow().gateway.limits.header_timeout;
    let at_refusal = current.clone();
    let answer = move |request| {
        let worker = current.borrow().clone();
        service::answer(worker, request)
    };
    let refused = move |refusal| service::unreadable(&at_refusal.borrow(), refusal);
    connections.spawn(|watched| http1::serve(tcp, watched, patience, answer, refused));
}

fn sweep_pool(current: Current) -> JoinHandle<()> {
    task::spawn_local(async move {
        loop {
            time::sleep(POOL_SWEEP).await;
            current.borrow().client.close_idle();
        }
    })
}
