//! What can go wrong: the kinds of faults with their names, how much of each is wanted, and the plan
//! that is drawn from the seed. A fault is done where such things happen (the log's writer, the
//! relay, the broker, a clock, a consumer, the writer of a side table), so that each works in every
//! scenario that has such a place.

mod plan;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

pub use plan::{Facts, Off, Plan, Slot};

use super::output::Table;

macro_rules! faults {
    ($($fault:ident, $name:literal, $given:ident, $about:literal;)+) => {
        /// A kind of fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fault {
            $(#[doc = $about] $fault,)+
        }

        impl Fault {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$fault),+];

            /// Its name, on the command line and in the truth.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$fault => $name),+ }
            }

            /// What it does, in a few words.
            #[must_use]
            pub const fn about(self) -> &'static str {
                match self { $(Self::$fault => $about),+ }
            }

            /// How it can be asked for.
            #[must_use]
            pub const fn given(self) -> Given {
                match self { $(Self::$fault => Given::$given),+ }
            }
        }
    };
}

/// How a fault can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// As a rate of its occasions, or as a count.
    RateOrCount,
    /// As a count: each takes a stretch of time, a service, a type or a stream of its own.
    Count,
}

faults! {
    DuplicateDelivery, "duplicate-delivery", RateOrCount, "A consumer is given an event twice and handles it twice";
    DuplicateIdSameContent, "duplicate-id-same-content", RateOrCount, "An event is stored once more, a little later, under the same id";
    DuplicateIdDifferentContent, "duplicate-id-different-content", RateOrCount, "The same, with another payload";
    DuplicateContentNewId, "duplicate-content-new-id", RateOrCount, "An event is stored once more, under an id of its own";
    LostPublication, "lost-publication", RateOrCount, "An event never comes into the outbox; whoever waits for it, waits";
    OutOfOrder, "out-of-order", RateOrCount, "An event arrives after the next one of its stream";
    VersionGap, "version-gap", RateOrCount, "A stream's version is left out";
    VersionFork, "version-fork", RateOrCount, "Two events of a stream have one version";
    ClockSkew, "clock-skew", Count, "The clock of a service, which stamps what it records, is some seconds off";
    PoisonBlocks, "poison-blocks", Count, "An event holds up the consumer that cannot read it, until it is mended";
    PoisonDeadLetter, "poison-dead-letter", RateOrCount, "An event that a consumer cannot read becomes a dead letter";
    ConsumerStalled, "consumer-stalled", Count, "A consumer stores its checkpoint and does not get on";
    ConsumerStopped, "consumer-stopped", Count, "A consumer does nothing for a time, then catches up";
    ConsumerRewound, "consumer-rewound", Count, "A consumer goes back and handles what it had handled";
    RelayOutage, "relay-outage", Count, "The relay cannot publish for a time";
    CommandAsEvent, "command-as-event", RateOrCount, "A command is recorded as if it were an event";
    UnboundedStream, "unbounded-stream", Count, "One stream takes a share of everything and has no snapshot";
    BreakingSchemaChange, "breaking-schema-change", Count, "A field changes its type and the schema version stays";
    SnapshotDisagrees, "snapshot-disagrees", RateOrCount, "A stored snapshot is not what a replay comes to";
    ReadModelDrift, "read-model-drift", RateOrCount, "A row of the read model missed its last change";
    OrphanCausation, "orphan-causation", RateOrCount, "An event names a cause that is not in the store";
    CausationCycle, "causation-cycle", RateOrCount, "Two events name each other as their cause";
    PayloadNotJson, "payload-not-json", RateOrCount, "A payload is cut off in the middle";
}

impl Fault {
    /// The table beside the log without which it would not be seen.
    #[must_use]
    pub const fn shows_in(self) -> Option<Table> {
        Some(match self {
            Self::DuplicateDelivery => Table::ProcessedEvents,
            Self::LostPublication | Self::RelayOutage => Table::Outbox,
            Self::PoisonDeadLetter => Table::DeadLetters,
            Self::PoisonBlocks
            | Self::ConsumerStalled
            | Self::ConsumerStopped
            | Self::ConsumerRewound => Table::CheckpointHistory,
            Self::SnapshotDisagrees => Table::Snapshots,
            Self::ReadModelDrift => Table::ReadModel,
            _ => return None,
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How much of a fault is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dose {
    /// So many.
    Count(u32),
    /// In so many of a million occasions.
    Rate(u32),
}

/// Why a dose could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a count, such as 3, or a rate, such as 0.5%")]
pub struct DoseError;

impl FromStr for Dose {
    type Err = DoseError;

    fn from_str(text: &str) -> Result<Self, DoseError> {
        let Some(percent) = text.strip_suffix('%') else {
            return text.parse().map(Self::Count).map_err(|_| DoseError);
        };
        let (whole, part) = percent.split_once('.').unwrap_or((percent, "0"));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || part.len() > 4 || !digits(whole) || !digits(part) {
            return Err(DoseError);
        }
        let digits = format!("{whole}{part:0<4}");
        match digits.parse() {
            Ok(millionths) if millionths <= 1_000_000 => Ok(Self::Rate(millionths)),
            _ => Err(DoseError),
        }
    }
}

impl fmt::Display for Dose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Rate(millionths) => {
                let text = format!("{}.{:04}", millionths / 10_000, millionths % 10_000);
                write!(f, "{}%", text.trim_end_matches('0').trim_end_matches('.'))
            }
        }
    }
}

/// The faults that are wanted, and how much of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(BTreeMap<Fault, Dose>);

impl Faults {
    /// Nothing goes wrong.
    #[must_use]
    pub const fn none() -> Self {
        Self(BTreeMap::new())
    }

    /// Adds a fault; a later dose replaces an earlier one.
    #[must_use]
    pub fn with(mut self, fault: Fault, dose: Dose) -> Self {
        self.0.insert(fault, dose);
        self
    }

    /// Each wanted fault with its dose.
    pub fn iter(&self) -> impl Iterator<Item = (Fault, Dose)> {
        self.0.iter().map(|(fault, dose)| (*fault, *dose))
    }

    /// The dose of one.
    #[must_use]
    pub fn dose(&self, fault: Fault) -> Option<Dose> {
        self.0.get(&fault).copied()
    }

    /// What is wanted of one part of a store, where all parts are alike: of each fault that has a
    /// place of its own in the log its share, and all of those that take a stretch of time, a service, a
    /// type or a stream.
    #[must_use]
    pub(super) fn of_a_part(&self, parts: u64) -> Self {
        let share = |(fault, dose): (&Fault, &Dose)| match (fault.given(), *dose) {
            (Given::RateOrCount, Dose::Count(count)) => {
                (*fault, Dose::Count((u64::from(count) / parts) as u32))
            }
            (_, dose) => (*fault, dose),
        };
        Self(self.0.iter().map(share).collect())
    }

    /// How many are wanted of one that is only given as a count.
    #[must_use]
    pub fn count(&self, fault: Fault) -> u32 {
        match self.dose(fault) {
            Some(Dose::Count(count)) => count,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doses_read_back() {
        for text in ["0", "17", "0.5%", "100%", "0.0001%", "3.25%"] {
            let dose: Dose = text.parse().expect(text);
            assert_eq!(dose.to_string(), text);
        }
        assert_eq!("1%".parse(), Ok(Dose::Rate(10_000)));
        for text in ["", "x", "-1", "101%", "1.00001%", "1.5", "%"] {
            assert_eq!(text.parse::<Dose>(), Err(DoseError), "{text}");
        }
    }

    #[test]
    fn names_are_in_kebab_case_and_differ() {
        let names: std::collections::BTreeSet<_> = Fault::ALL.iter().map(|f| f.name()).collect();
        assert_eq!(names.len(), Fault::ALL.len());
        let kebab = |name: &&str| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        assert!(names.iter().all(kebab));
    }
}
