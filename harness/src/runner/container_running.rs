//! A container that was started, until it is removed.

use std::fs;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::log::last_lines;
use super::{Exited, Running, StopError};
use crate::docker::{Ending, Engine, EngineError, StartedContainer};
use crate::entrant::Target;
use crate::measured::Reason;
use crate::process::{Stopped, read_stat};
use crate::resources::{ContainerMeter, Meter};

/// How long the engine may take to know that a process has ended.
const NOTICE_LIMIT: Duration = Duration::from_secs(5);
/// How long it may take to know why.
const WHY_LIMIT: Duration = Duration::from_secs(1);
/// How often the engine is asked where the process cannot be seen from here.
const ASK_EVERY: Duration = Duration::from_millis(100);
/// The exit status of a first process that SIGKILL ended.
const KILLED: i64 = 128 + 9;

/// A started container entrant. Dropping it removes it.
pub(super) struct RunningContainer {
    engine: Arc<Engine>,
    id: String,
    target: Target,
    memory_bytes: Option<u64>,
    started_at: Instant,
    start: Start,
    /// When the engine was asked last whether it runs.
    asked_at: Option<Instant>,
    removed: bool,
}

/// What came of the engine's start: the container, or `None` if it has ended
/// already.
type Started = Result<Option<StartedContainer>, EngineError>;

/// The engine's start, which goes on while the container is already asked
/// whether it is ready: the engine answers late.
struct Start {
    thread: Mutex<Option<JoinHandle<Started>>>,
    result: OnceLock<Started>,
}

impl Start {
    fn begin(engine: Arc<Engine>, id: String) -> Self {
        let begun = thread::Builder::new()
            .name("start of a container".to_owned())
            .spawn(move || {
                engine.start(&id)?;
                engine.started(&id)
            });
        let result = OnceLock::new();
        let thread = match begun {
            Ok(thread) => Some(thread),
            Err(error) => {
                // Nothing can be in it yet.
                let _ = result.set(Err(error.into()));
                None
            }
        };
        Self {
            thread: Mutex::new(thread),
            result,
        }
    }

    fn is_over(&self) -> bool {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Waits for it.
    fn result(&self) -> &Started {
        self.result.get_or_init(|| {
            let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
            match thread.take().map(JoinHandle::join) {
                Some(Ok(started)) => started,
                _ => Err(EngineError::Refused {
                    what: "start a container".to_owned(),
                    message: "the harness failed at it".to_owned(),
                }),
            }
        })
    }
}

impl RunningContainer {
    /// Begins to start the container `id`.
    pub(super) fn start(
        engine: Arc<Engine>,
        id: String,
        target: Target,
        memory_bytes: Option<u64>,
    ) -> Self {
        let started_at = Instant::now();
        Self {
            start: Start::begin(Arc::clone(&engine), id.clone()),
            engine,
            id,
            target,
            memory_bytes,
            started_at,
            asked_at: None,
            removed: false,
        }
    }

    /// How it ended, once it is known that its process is gone.
    fn ending(&self) -> Exited {
        match self.engine.wait(&self.id, NOTICE_LIMIT) {
            Ok(Some(ending)) => self.exited_by(&self.once_explained(ending)),
            Ok(None) => Exited::ByItself("its first process is gone".to_owned()),
            Err(EngineError::NotFound(_)) => {
                Exited::ByItself("somebody has removed its container".to_owned())
            }
            Err(error) => Exited::EngineGone(error.to_string()),
        }
    }

    /// The engine may hear that the kernel wanted memory later than it hears of
    /// the end that came of it.
    fn once_explained(&self, mut ending: Ending) -> Ending {
        let begin = Instant::now();
        while self.memory_bytes.is_some()
            && ending.exit_code == KILLED
            && !ending.out_of_memory
            && begin.elapsed() < WHY_LIMIT
        {
            thread::sleep(ASK_EVERY);
            match self.engine.ending(&self.id) {
                Ok(Some(now)) => ending = now,
                _ => break,
            }
        }
        ending
    }

    fn exited_by(&self, ending: &Ending) -> Exited {
        if ending.out_of_memory {
            return self.killed_for_memory();
        }
        let said = match ending.error.as_str() {
            "" => String::new(),
            error => format!(", {error}"),
        };
        Exited::ByItself(format!("exit status: {}{said}", ending.exit_code))
    }

    fn killed_for_memory(&self) -> Exited {
        Exited::OutOfMemory(match self.memory_bytes {
            Some(bytes) => format!("its limit is {} MB", bytes / 1_000_000),
            None => "it had no limit of its own".to_owned(),
        })
    }

    /// Ends all its processes without the engine, as far as the user may.
    fn kill_without_engine(&self) -> &'static str {
        let Ok(Some(container)) = self.start.result() else {
            return "; the next run removes it";
        };
        if !is_in_container(container) {
            return "; the next run removes it";
        }
        let killed = Pid::from_raw(container.pid.cast_signed())
            .is_some_and(|pid| kill_process(pid, Signal::KILL).is_ok());
        match killed {
            // When the first process of a namespace ends, the kernel ends all.
            true => "; its processes were killed, and the next run removes it",
            false => "; its processes may still run, and the next run removes it",
        }
    }

    fn remove(&mut self) -> Result<(), StopError> {
        self.removed = true;
        // Removing it while it is being started leaves it half made.
        let _ = self.start.result();
        self.engine
            .remove(&self.id)
            .map_err(|source| StopError::Container {
                id: self.id.clone(),
                fate: if source.is_gone() {
                    self.kill_without_engine()
                } else {
                    "; the next run tries it again"
                },
                source,
            })
    }
}

impl Running for RunningContainer {
    fn target(&self) -> &Target {
        &self.target
    }

    fn started_at(&self) -> Instant {
        self.started_at
    }

    fn pid(&self) -> Option<u32> {
        self.container().map(|container| container.pid)
    }

    fn container(&self) -> Option<&StartedContainer> {
        self.start.result().as_ref().ok()?.as_ref()
    }

    fn exited(&mut self) -> Option<Exited> {
        if !self.start.is_over() {
            return None;
        }
        let container = match self.start.result() {
            Ok(Some(container)) => container,
            Ok(None) => return Some(self.ending()),
            Err(error) if error.is_gone() => return Some(Exited::EngineGone(error.to_string())),
            Err(error) => return Some(Exited::ByItself(error.to_string())),
        };
        if is_in_container(container) {
            return None;
        }
        // Another process, or one that cannot be seen from here.
        if self
            .asked_at
            .is_some_and(|asked| asked.elapsed() < ASK_EVERY)
        {
            return None;
        }
        self.asked_at = Some(Instant::now());
        match self.engine.started(&self.id) {
            Ok(Some(_)) => None,
            _ => Some(self.ending()),
        }
    }

    fn out_of_memory(&self) -> Option<Exited> {
        if !self.start.is_over() {
            return None;
        }
        // The group is this container's own, so it has counted from nothing.
        let counters = self.meter().ok()?.counters()?;
        let kills = counters.oom_kills.value().copied().unwrap_or_default();
        (kills > 0).then(|| self.killed_for_memory())
    }

    fn log_tail(&self, lines: usize) -> String {
        // The log of one whose engine is gone is gone with it.
        let log = self.engine.logs(&self.id, lines).unwrap_or_default();
        last_lines(&log, lines)
    }

    fn meter(&self) -> Result<Box<dyn Meter>, Reason> {
        match self.start.result() {
            Ok(Some(container)) => {
                let meter = ContainerMeter::new(&container.id, container.pid)?;
                Ok(Box::new(meter))
            }
            Ok(None) => Err(Reason::EntrantFailed("it has ended".to_owned())),
            Err(error) => Err(Reason::EntrantFailed(error.to_string())),
        }
    }

    fn stop(mut self: Box<Self>, grace: Duration) -> Result<Stopped, StopError> {
        let begin = Instant::now();
        let _ = self.start.result();
        // What keeps it from being stopped keeps it from being removed too.
        let asked = self.engine.stop(&self.id, grace);
        let took = begin.elapsed();
        let ending = asked.and_then(|()| self.engine.ending(&self.id));
        let killed = matches!(
            ending,
            Ok(Some(Ending { exit_code: KILLED, out_of_memory: false, .. })) if took >= grace
        );
        self.remove()?;
        Ok(Stopped {
            took,
            killed: usize::from(killed),
        })
    }
}

impl Drop for RunningContainer {
    fn drop(&mut self) {
        if self.removed {
            return;
        }
        if let Err(error) = self.remove() {
            eprintln!("harness: {error}");
        }
    }
}

/// Whether the process that the engine named runs and is the container's, as
/// seen from here.
fn is_in_container(container: &StartedContainer) -> bool {
    let alive = read_stat(container.pid).is_ok_and(|stat| !stat.is_dead());
    alive
        && fs::read_to_string(format!("/proc/{}/cgroup", container.pid))
            .is_ok_and(|cgroups| cgroups.contains(&container.id))
}
