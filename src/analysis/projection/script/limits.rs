//! How much a script may take before it is stopped. What counts are the engine's own interrupts, so that
//! a limit is reached at the same place on every machine; the clock only stands behind them.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use rquickjs::{Context, Runtime};

use super::ScriptError;
use crate::model::Task;

/// What a script may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all states together with everything else in the engine.
    pub memory: usize,
    /// Bytes of the engine's stack.
    pub stack: usize,
    /// Interrupts (about ten thousand steps each) that one event may take.
    pub interrupts: u32,
    /// However many interrupts: not longer than this.
    pub backstop: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 256 << 20,
            stack: 512 << 10,
            interrupts: 2_000,
            backstop: Duration::from_secs(1),
        }
    }
}

/// Interrupts that a handler may take to its end when the task is called off: one that gets there leaves
/// nothing half done.
const GRACE: u32 = 20;

/// Why a script was stopped in the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stopped {
    Time,
    Cancelled,
}

/// Counts while a script runs. Cloning shares.
#[derive(Clone, Debug)]
pub(super) struct Meter(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    limits: Limits,
    interrupts: Cell<u32>,
    /// Interrupts since the task was called off.
    grace: Cell<u32>,
    began: Cell<Instant>,
    task: std::cell::RefCell<Task>,
    stopped: Cell<Option<Stopped>>,
}

impl Meter {
    pub fn new(limits: Limits) -> Self {
        Self(Rc::new(Inner {
            limits,
            interrupts: Cell::new(0),
            grace: Cell::new(0),
            began: Cell::new(Instant::now()),
            task: std::cell::RefCell::new(Task::new()),
            stopped: Cell::new(None),
        }))
    }

    /// On whose behalf scripts run from now on.
    pub fn work_for(&self, task: &Task) {
        let mut own = self.0.task.borrow_mut();
        if !own.is(task) {
            *own = task.clone();
        }
    }

    /// Another event begins.
    pub fn begin(&self) {
        // The clock is asked at the first interrupt: most events come to none.
        self.0.interrupts.set(0);
        self.0.grace.set(0);
        self.0.stopped.set(None);
    }

    /// An interrupt; true stops the script.
    pub fn tick(&self) -> bool {
        let inner = &*self.0;
        let count = inner.interrupts.get() + 1;
        inner.interrupts.set(count);
        if count == 1 {
            inner.began.set(Instant::now());
        }
        if inner.task.borrow().is_cancelled() {
            inner.grace.set(inner.grace.get() + 1);
        }
        let stopped = if inner.grace.get() > GRACE {
            Some(Stopped::Cancelled)
        } else if count > inner.limits.interrupts
            || inner.began.get().elapsed() > inner.limits.backstop
        {
            Some(Stopped::Time)
        } else {
            None
        };
        inner.stopped.set(inner.stopped.get().or(stopped));
        stopped.is_some()
    }

    pub fn stopped(&self) -> Option<Stopped> {
        self.0.stopped.get()
    }
}

/// A world of its own for a script, which is stopped where it takes more than this.
pub(super) fn world(limits: Limits) -> Result<(Runtime, Context, Meter), ScriptError> {
    let broken = |error: rquickjs::Error| ScriptError::new(error.to_string());
    let runtime = Runtime::new().map_err(broken)?;
    runtime.set_memory_limit(limits.memory);
    runtime.set_max_stack_size(limits.stack);
    let meter = Meter::new(limits);
    let ticking = meter.clone();
    runtime.set_interrupt_handler(Some(Box::new(move || ticking.tick())));
    let context = Context::full(&runtime).map_err(broken)?;
    Ok((runtime, context, meter))
}
