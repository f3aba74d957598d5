//! What each built-in fold does with an event and the state it meets.

use std::num::NonZeroU32;

use rust_decimal::Decimal;

use super::{BuiltIn, Fold};
use crate::analysis::projection::states::{self, Counted, Figures, Kind, Opened, Since, Summed};
use crate::log::Log;
use crate::model::EventIx;

/// What is done with an event.
pub(super) trait Rule {
    /// What is kept of a partition.
    type Slot: Kind;

    /// The state of a partition with its first event; none where that makes none.
    fn begin(&self, input: Input<'_>) -> Option<Self::Slot>;

    /// Folds a further event.
    fn fold(&self, slot: &mut Self::Slot, input: Input<'_>);

    /// Reads a log that has grown from here on.
    fn grow(&mut self, built_in: &BuiltIn, log: &Log) {
        let _ = (built_in, log);
    }
}

/// What an event is to a rule.
#[derive(Clone, Copy)]
pub(super) struct Input<'l> {
    pub event: EventIx,
    pub number: Option<Decimal>,
    pub log: &'l Log,
}

/// Keeps the latest event.
pub(super) struct Latest;

impl Rule for Latest {
    type Slot = states::Latest;

    fn begin(&self, input: Input<'_>) -> Option<Self::Slot> {
        Some(states::Latest(input.event))
    }

    fn fold(&self, slot: &mut Self::Slot, input: Input<'_>) {
        slot.0 = input.event;
    }
}

/// Counts events.
pub(super) struct Count;

impl Rule for Count {
    type Slot = Counted;

    fn begin(&self, input: Input<'_>) -> Option<Counted> {
        Some(Counted {
            count: NonZeroU32::MIN,
            last: input.event,
        })
    }

    fn fold(&self, slot: &mut Counted, input: Input<'_>) {
        slot.count = slot.count.saturating_add(1);
        slot.last = input.event;
    }
}

/// Sums numbers up, and the like.
pub(super) struct Sum;

impl Rule for Sum {
    type Slot = Summed;

    fn begin(&self, input: Input<'_>) -> Option<Summed> {
        Some(Summed {
            figures: Figures::of(input.number?),
            last: input.event,
        })
    }

    fn fold(&self, slot: &mut Summed, input: Input<'_>) {
        slot.last = input.event;
        if let Some(number) = input.number {
            slot.figures.add(number);
        }
    }
}

/// Keeps what was opened. By type: whether it opens.
pub(super) struct Open(Vec<bool>);

impl Open {
    pub fn new(built_in: &BuiltIn, log: &Log) -> Self {
        let mut own = Self(Vec::new());
        own.grow(built_in, log);
        own
    }

    /// Whether an event opens.
    fn opens(&self, input: Input<'_>) -> bool {
        let event_type = input.log.event_type(input.event);
        self.0.get(event_type.0 as usize) == Some(&true)
    }
}

impl Rule for Open {
    type Slot = Opened;

    fn begin(&self, input: Input<'_>) -> Option<Opened> {
        // What is closed first was opened before the store begins.
        self.opens(input).then_some(Opened {
            since: Since {
                opened: input.event,
                closed: None,
            },
            last: input.event,
        })
    }

    fn fold(&self, slot: &mut Opened, input: Input<'_>) {
        slot.last = input.event;
        match (self.opens(input), slot.since.closed) {
            (true, None) => {}
            (true, Some(_)) => {
                slot.since = Since {
                    opened: input.event,
                    closed: None,
                };
            }
            (false, _) => {
                slot.since.closed.get_or_insert(input.event);
            }
        }
    }

    fn grow(&mut self, built_in: &BuiltIn, log: &Log) {
        if let Fold::Open { opened, .. } = &built_in.fold {
            let opens = |name: &str| opened.iter().any(|own| own == name);
            self.0 = log.types().iter().map(opens).collect();
        }
    }
}
