//! Rows beside the events that the lag report reads and rules want, too, looked at as they come by: there may be
//! more of them than events, and reading them is most of the work.

use std::sync::{Mutex, PoisonError};

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use indexmap::IndexSet;

use super::outbox::Outbox;
use crate::log::{
    Bound, Cut, Log, Problem, Processed, RowSource, RowsError, Says, SideKind, SideRow,
};
use crate::model::{EventIx, Task};

/// The rows of a store, of which some are looked at on their way.
pub(super) struct Tapped<'a> {
    log: &'a Log,
    cut: Cut,
    rows: &'a dyn RowSource,
    outbox: Mutex<Outbox>,
    twice: Mutex<Twice>,
}

/// Which events a consumer has noted more than once as processed.
#[derive(Debug, Default)]
struct Twice {
    names: IndexSet<String>,
    seen: HashMap<(u32, usize, EventIx), u32, FixedState>,
    found: Vec<(String, EventIx)>,
}

impl Twice {
    fn see(&mut self, file: u32, row: &Processed, event: EventIx) {
        let consumer = row.consumer.as_deref().unwrap_or_default();
        let number = self.names.get_index_of(consumer);
        let number = number.unwrap_or_else(|| self.names.insert_full(consumer.to_owned()).0);
        let times = self.seen.entry((file, number, event)).or_default();
        *times += 1;
        if *times == 2 {
            self.found.push((self.names[number].clone(), event));
        }
    }
}

impl<'a> Tapped<'a> {
    pub fn new(log: &'a Log, cut: Cut, rows: &'a dyn RowSource) -> Self {
        Self {
            log,
            cut,
            rows,
            outbox: Mutex::default(),
            twice: Mutex::default(),
        }
    }

    /// What the outbox says; `None` where the store has none.
    pub fn outbox(&self) -> Option<Outbox> {
        let has = self.rows.kinds().contains(&SideKind::Outbox);
        let mut own = self.outbox.lock().unwrap_or_else(PoisonError::into_inner);
        has.then(|| std::mem::take(&mut *own).seen())
    }

    /// The events that a consumer has processed more than once, each with its name, in their order.
    pub fn twice(&self) -> Vec<(String, EventIx)> {
        let mut own = self.twice.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = std::mem::take(&mut *own).found;
        found.sort_unstable();
        found
    }

    /// Whoever reads a kind again is not to have it counted twice.
    fn begin(&self, kind: SideKind) {
        match kind {
            SideKind::Outbox => {
                *self.outbox.lock().unwrap_or_else(PoisonError::into_inner) = Outbox::default();
            }
            SideKind::Processed => {
                *self.twice.lock().unwrap_or_else(PoisonError::into_inner) = Twice::default();
            }
            _ => {}
        }
    }

    fn see(&self, row: &SideRow) {
        let date = row.says.known_from();
        if self.cut.bound() != Bound::Head && !self.cut.knows(self.log, date) {
            return;
        }
        match &row.says {
            Says::Outbox(own) => {
                let mut outbox = self.outbox.lock().unwrap_or_else(PoisonError::into_inner);
                outbox.see(self.log, &self.cut, row.file, own);
            }
            Says::Processed(own) => {
                let event = own.of.as_ref();
                let event = event.and_then(|mark| self.log.marked(row.file, mark));
                if let Some(event) = event.filter(|event| self.cut.holds(self.log, *event)) {
                    let mut twice = self.twice.lock().unwrap_or_else(PoisonError::into_inner);
                    twice.see(row.file, own, event);
                }
            }
            _ => {}
        }
    }
}

impl RowSource for Tapped<'_> {
    fn kinds(&self) -> Vec<SideKind> {
        self.rows.kinds()
    }

    fn rows(
        &self,
        kind: SideKind,
        task: &Task,
        each: &mut dyn FnMut(Result<SideRow, Problem>),
    ) -> Result<(), RowsError> {
        self.begin(kind);
        self.rows.rows(kind, task, &mut |row| {
            if let Ok(row) = &row {
                self.see(row);
            }
            each(row);
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::testing::rows::Given;
    use crate::analysis::testing::written::log_of_rows;
    use crate::log::{Mark, Marked, Row};
    use crate::model::Position;

    #[test]
    fn what_is_read_again_is_not_counted_twice() {
        let log = log_of_rows(&[Row {
            stream: "order-1",
            event_type: "OrderPlaced",
            position: Some(1),
            ..Row::default()
        }]);
        let row = Says::Processed(Processed {
            consumer: Some("mailer".to_owned()),
            of: Some(Mark {
                application: None,
                event: Marked::Position(Position(1)),
            }),
            processed_at: None,
            attempts: None,
        });
        // Once, and twice.
        for (count, found) in [(1, 0), (2, 1)] {
            let rows = Given(vec![(SideKind::Processed, row.clone()); count]);
            let tapped = Tapped::new(&log, log.at_head(), &rows);
            for _ in 0..2 {
                let read = tapped.rows(SideKind::Processed, &Task::new(), &mut |_| {});
                read.unwrap();
            }
            assert_eq!(tapped.twice().len(), found, "{count}");
        }
    }
}
