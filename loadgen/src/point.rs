//! One point: one workload at one concurrency or rate, measured.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use workload::{Expected, RequestSpec, Script, Workload};

use crate::cli::{Cli, PointPacing};
use crate::connection::Patience;
use crate::engine::{Engine, Load, Pacing, StopAfter, Stretch};
use crate::http::request_bytes;
use crate::record::{Metric, Recorder};

/// Load of another kind is warmed up over at most so many connections.
const WARMUP_CONNECTIONS: u32 = 64;
/// Figures of an open loop need this part of the offered rate.
const RATE_KEPT: f64 = 0.99;
/// A percentile of response time needs the generator's own lateness at that
/// percentile to be at most this, or [`LAG_SHARE`] of it, whichever is more.
const MAX_LAG_NS: u64 = 100_000;
/// See [`MAX_LAG_NS`].
const LAG_SHARE: f64 = 0.1;

/// What was measured at one point.
#[derive(Debug)]
pub struct Point {
    /// The workload sent.
    pub workload: Workload,
    /// How it was paced.
    pub pacing: PointPacing,
    /// Connections it had.
    pub connections: u32,
    /// The measured stretch.
    pub stretch: Stretch,
    /// What came before it: the warm-up, at least an answer a worker before a
    /// closed loop's duration.
    pub warmup: Option<Recorder>,
}

impl Point {
    /// Right answers a second; `None` when there was none to count.
    ///
    /// In a closed loop, those within the time of the stretch. In an open
    /// loop, all of them over the time that they took less one median answer:
    /// where the target keeps up that is the length of the plan, and where it
    /// does not, the time until it has caught up.
    pub fn achieved_rps(&self) -> Option<f64> {
        let stretch = &self.stretch;
        let (right, elapsed_ns) = match self.pacing {
            PointPacing::Closed(_) => (stretch.ok_in_time, stretch.elapsed_ns),
            PointPacing::Open(rate_rps) => {
                let service = stretch.recorder.histogram(Metric::Service);
                let took_ns = stretch
                    .last_done_ns
                    .saturating_sub(service.value_at_quantile(0.5));
                let planned_ns = self.planned_ns(rate_rps);
                (stretch.recorder.ok(), took_ns.max(planned_ns))
            }
        };
        (right > 0 && elapsed_ns > 0).then(|| right as f64 * 1e9 / elapsed_ns as f64)
    }

    /// Why a metric of this point is missing; `None` when it is not.
    pub fn why_absent(&self, metric: Metric) -> Option<String> {
        let recorder = &self.stretch.recorder;
        let right = recorder.ok();
        if right == 0 {
            return Some("no right answer".to_owned());
        }
        match metric {
            Metric::Ttft | Metric::Gap | Metric::ChunkOverhead if !self.workload.stream => {
                return Some("not a stream".to_owned());
            }
            Metric::Response | Metric::SendLag | Metric::QueueWait
                if matches!(self.pacing, PointPacing::Closed(_)) =>
            {
                return Some("a closed loop plans no send times".to_owned());
            }
            Metric::Overhead | Metric::ChunkOverhead => {
                if let Some((fault, count)) = recorder.clock_faults().iter().next_back() {
                    let reason = fault.reason();
                    return Some(format!("{reason} ({count} of {right} answers)"));
                }
            }
            _ => {}
        }
        if !matches!(
            metric,
            Metric::Response | Metric::SendLag | Metric::QueueWait
        ) && let Some(reason) = self.rate_missed()
        {
            return Some(reason);
        }
        recorder
            .histogram(metric)
            .is_empty()
            .then(|| "the answers came in one piece each".to_owned())
    }

    /// Why a percentile of response time does not count: the generator was
    /// late itself.
    pub fn why_percentile_absent(&self, metric: Metric, quantile: f64) -> Option<String> {
        if metric != Metric::Response {
            return None;
        }
        let recorder = &self.stretch.recorder;
        let lag_ns = recorder
            .histogram(Metric::SendLag)
            .value_at_quantile(quantile);
        let response_ns = recorder.histogram(metric).value_at_quantile(quantile);
        let allowed_ns = MAX_LAG_NS.max((LAG_SHARE * response_ns as f64) as u64);
        (lag_ns > allowed_ns).then(|| {
            format!(
                "the generator was late at this percentile: its send lag is {} µs, and {} µs is \
                 allowed",
                lag_ns / 1_000,
                allowed_ns / 1_000
            )
        })
    }

    /// Why times of an open loop do not count: it was not the load planned.
    fn rate_missed(&self) -> Option<String> {
        let PointPacing::Open(rate_rps) = self.pacing else {
            return None;
        };
        // Random arrivals are not exactly as many as were asked for.
        let total = self.stretch.recorder.total();
        let planned_rps = total as f64 * 1e9 / self.planned_ns(rate_rps) as f64;
        let achieved_rps = self.achieved_rps().unwrap_or_default();
        (achieved_rps < RATE_KEPT * planned_rps).then(|| {
            format!("{achieved_rps:.0} right answers a second of the {planned_rps:.0} offered")
        })
    }

    /// How long the plan was: to the last request and one mean gap beyond it.
    fn planned_ns(&self, rate_rps: f64) -> u64 {
        self.stretch.planned_to_ns + (1e9 / rate_rps) as u64
    }
}

/// What all points of a run share.
#[derive(Clone, Copy, Debug)]
pub struct Bench<'a> {
    /// The command line.
    pub cli: &'a Cli,
    /// Where the load goes.
    pub target: SocketAddr,
    /// The text that right answers hold.
    pub script: &'a Script,
}

impl Bench<'_> {
    /// When a point stops sending, as the command line says; `default` where
    /// it says nothing.
    pub fn stop(&self, default: Duration) -> StopAfter {
        match (self.cli.requests, self.cli.duration) {
            (Some(requests), _) => StopAfter::Requests(requests),
            (None, duration) => StopAfter::Duration(duration.unwrap_or(default)),
        }
    }

    /// Measures one point.
    ///
    /// # Errors
    /// When the kernel's event queue or timer fails.
    pub fn measure(
        &self,
        workload: Workload,
        pacing: PointPacing,
        stop: StopAfter,
        on_tick: &mut dyn FnMut(u64),
    ) -> io::Result<Point> {
        let cli = self.cli;
        let connections = match pacing {
            PointPacing::Closed(concurrency) => concurrency,
            PointPacing::Open(_) => cli.max_connections,
        };
        let mut engine = self.engine(workload, connections as usize)?;
        let load = |pacing, stop, ramp| Load {
            pacing,
            stop,
            ramp,
            max_wall: cli.max_wall,
        };
        let flows = matches!(
            (pacing, stop),
            (PointPacing::Closed(_), StopAfter::Duration(_))
        );
        let mut warmup = None;
        if cli.warmup > 0 && !flows {
            engine.use_connections(connections.min(WARMUP_CONNECTIONS) as usize);
            let before = load(Pacing::Closed, StopAfter::Requests(cli.warmup), 0);
            warmup = Some(engine.run(before, &mut |_| {})?.recorder);
            engine.use_connections(connections as usize);
        }
        let paced = match pacing {
            PointPacing::Closed(_) => Pacing::Closed,
            PointPacing::Open(rate_rps) => Pacing::Open {
                rate_rps,
                arrivals: cli.arrivals,
                seed: cli.seed,
            },
        };
        let ramp = cli.warmup.max(u64::from(connections));
        let mut stretch = engine.run(load(paced, stop, ramp), on_tick)?;
        Ok(Point {
            workload,
            pacing,
            connections,
            warmup: warmup.or(stretch.ramped.take()),
            stretch,
        })
    }

    fn engine(&self, workload: Workload, connections: usize) -> io::Result<Engine> {
        let cli = self.cli;
        let spec = RequestSpec::new(workload, &cli.model, &cli.prompt, &cli.api_key);
        let path = cli.path_of(workload.dialect);
        let request: Arc<[u8]> =
            request_bytes(&spec, path, &cli.url.authority(), &cli.header).into();
        let expected = Arc::new(Expected::new(workload, self.script));
        let patience = Patience {
            timeout: cli.timeout,
            idle_gap: cli.idle_gap,
        };
        Engine::new(self.target, &request, &expected, connections, patience)
    }
}
