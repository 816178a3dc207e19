//! One point: one workload at one concurrency, measured.

use std::io;
use std::sync::Arc;

use workload::{Expected, RequestSpec, Script, Workload};

use crate::cli::Cli;
use crate::connection::Limits;
use crate::engine::{Closed, Engine, Limit, Stretch};
use crate::http::request_bytes;

/// The duration of a point where neither it nor a number of requests is given.
const DEFAULT_DURATION: std::time::Duration = std::time::Duration::from_secs(5);

/// What was measured at one point.
#[derive(Debug)]
pub struct Point {
    /// The workload sent.
    pub workload: Workload,
    /// Number of workers.
    pub concurrency: u32,
    /// The measured stretch.
    pub stretch: Stretch,
    /// The stretch before it, where one was asked for.
    pub warmup: Option<Stretch>,
}

impl Point {
    /// Right answers a second; `None` when there was none to count.
    pub fn achieved_rps(&self) -> Option<f64> {
        let stretch = &self.stretch;
        (stretch.ok_in_time > 0 && stretch.elapsed_ns > 0)
            .then(|| stretch.ok_in_time as f64 * 1e9 / stretch.elapsed_ns as f64)
    }
}

/// Measures one point as the command line says.
///
/// # Errors
/// When the kernel's event queue fails.
pub fn measure(
    cli: &Cli,
    target: std::net::SocketAddr,
    workload: Workload,
    concurrency: u32,
    script: &Script,
    on_tick: &mut dyn FnMut(u64),
) -> io::Result<Point> {
    let spec = RequestSpec::new(workload, &cli.model, &cli.prompt, &cli.api_key);
    let path = cli.path_of(workload.dialect);
    let request: Arc<[u8]> = request_bytes(&spec, path, &cli.url.authority(), &cli.header).into();
    let expected = Arc::new(Expected::new(workload, script));
    let limits = Limits {
        timeout: cli.timeout,
        idle_gap: cli.idle_gap,
    };
    let mut engine = Engine::new(target, &request, &expected, concurrency as usize, limits)?;
    let closed = |limit| Closed {
        limit,
        max_wall: cli.max_wall,
    };
    let warmup = match cli.warmup {
        0 => None,
        requests => Some(engine.run(closed(Limit::Requests(requests)), &mut |_| {})?),
    };
    let limit = match (cli.requests, cli.duration) {
        (Some(requests), _) => Limit::Requests(requests),
        (None, duration) => Limit::Duration(duration.unwrap_or(DEFAULT_DURATION)),
    };
    let stretch = engine.run(closed(limit), on_tick)?;
    Ok(Point {
        workload,
        concurrency,
        stretch,
        warmup,
    })
}
