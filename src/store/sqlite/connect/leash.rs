//! What keeps a statement from running for ever: the task that it works for, and a bound where there
//! is one. A view may be a loop without end, and a store is whatever somebody hands us.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};

use crate::model::Task;

/// Steps of SQLite's virtual machine between two looks: some microseconds.
const STEPS: u32 = 256;

/// How much may be done for an answer. The steps decide wherever they can, since they are the same on
/// every machine; the time is for steps that take long.
#[derive(Clone, Copy, Debug)]
pub(in crate::store::sqlite) struct Bound {
    /// Of SQLite's virtual machine, of which a processor does some ten million a second.
    pub steps: u64,
    pub time: Duration,
}

#[derive(Debug)]
struct State {
    task: Task,
    bound: Option<Left>,
}

#[derive(Clone, Copy, Debug)]
struct Left {
    steps: u64,
    until: Instant,
}

/// Held by a connection and by whoever uses it.
#[derive(Debug)]
pub(super) struct Leash(Mutex<State>);

impl Leash {
    pub fn new(task: &Task) -> Self {
        Self(Mutex::new(State {
            task: task.clone(),
            bound: None,
        }))
    }

    pub fn put_on(self: &Arc<Self>, mut connection: Connection) -> rusqlite::Result<Connection> {
        let leash = Arc::clone(self);
        let ends = move || leash.ends();
        connection.progress_handler(STEPS.cast_signed(), Some(ends))?;
        Ok(connection)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change leaves the state whole, so a panic elsewhere harms nothing.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the statement is to be interrupted.
    fn ends(&self) -> bool {
        let mut state = self.state();
        if state.task.is_cancelled() {
            return true;
        }
        let Some(left) = &mut state.bound else {
            return false;
        };
        left.steps = left.steps.saturating_sub(u64::from(STEPS));
        left.steps == 0 || Instant::now() > left.until
    }

    pub fn attend(&self, task: &Task) {
        self.state().task = task.clone();
    }

    pub fn task(&self) -> Task {
        self.state().task.clone()
    }

    /// What `ask` answers; none where that went beyond `bound`.
    pub fn within<T>(
        &self,
        bound: Bound,
        ask: impl FnOnce() -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Option<T>> {
        self.state().bound = Some(Left {
            steps: bound.steps,
            until: Instant::now() + bound.time,
        });
        let answer = ask();
        let mut state = self.state();
        state.bound = None;
        match answer {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted)
                    && !state.task.is_cancelled() =>
            {
                Ok(None)
            }
            answer => answer.map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDLESS: &str =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";

    #[test]
    fn what_never_ends_is_ended() {
        let task = Task::new();
        let leash = Arc::new(Leash::new(&task));
        let connection = leash.put_on(Connection::open_in_memory().unwrap()).unwrap();
        let ask = || connection.query_row(ENDLESS, [], |row| row.get::<_, i64>(0));
        let bound = Bound {
            steps: 100_000,
            time: Duration::from_secs(600),
        };
        assert_eq!(leash.within(bound, ask).unwrap(), None);
        let one = || connection.query_row("SELECT 1", [], |row| row.get::<_, i64>(0));
        assert_eq!(leash.within(bound, one).unwrap(), Some(1));
        task.cancel();
        let code = |error: rusqlite::Error| error.sqlite_error_code();
        let interrupted = Some(ErrorCode::OperationInterrupted);
        assert_eq!(leash.within(bound, ask).map_err(code), Err(interrupted));
        assert_eq!(ask().map_err(code), Err(interrupted));
        leash.attend(&Task::new());
        assert_eq!(one(), Ok(1));
    }
}
