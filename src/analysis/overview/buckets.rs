//! Lengths of time that people count in, and where they begin on the calendar of a zone. No events
//! here.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::model::Timestamp;
use crate::model::time::{Civil, Span, Zone};

/// At most so many buckets cover a span.
const MOST: i64 = 60;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// A length of time such as an hour or a fortnight. `Display` and JSON: `hour`, `15 minutes`,
/// `fortnight`, `quarter`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    unit: Unit,
    count: u16,
}

const LADDER: [(Unit, &[u16]); 8] = [
    (Unit::Millisecond, &[1, 2, 5, 10, 20, 50, 100, 200, 500]),
    (Unit::Second, &[1, 2, 5, 10, 15, 30]),
    (Unit::Minute, &[1, 2, 5, 10, 15, 30]),
    (Unit::Hour, &[1, 2, 3, 6, 12]),
    (Unit::Day, &[1, 2]),
    (Unit::Week, &[1, 2]),
    (Unit::Month, &[1, 3, 6]),
    (
        Unit::Year,
        &[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000],
    ),
];

impl Bucket {
    /// The shortest of which at most 60 cover the time from `first` to `last`; for a single moment,
    /// its day.
    #[must_use]
    pub fn covering(first: Timestamp, last: Timestamp) -> Self {
        let span = (last - first).micros().max(0);
        if span == 0 {
            return Self {
                unit: Unit::Day,
                count: 1,
            };
        }
        let ladder = LADDER
            .iter()
            .flat_map(|&(unit, counts)| counts.iter().map(move |&count| Self { unit, count }));
        // A span touches one bucket more than fit into it.
        let mut fitting = ladder.filter(|bucket| span / bucket.micros() < MOST - 1);
        fitting.next().unwrap_or(Self {
            unit: Unit::Year,
            count: 10_000,
        })
    }

    /// Its mean length in microseconds.
    fn micros(self) -> i64 {
        let unit = match self.unit {
            Unit::Millisecond => 1_000,
            Unit::Second => SECOND,
            Unit::Minute => 60 * SECOND,
            Unit::Hour => 3_600 * SECOND,
            Unit::Day => DAY,
            Unit::Week => 7 * DAY,
            Unit::Month => 30 * DAY,
            Unit::Year => 365 * DAY,
        };
        unit * i64::from(self.count)
    }

    /// Where the buckets from that of `first` to that of `last` begin, in order. Those shorter than a
    /// day have equal lengths also where the zone's clocks are put forward or back, unless they would
    /// no longer begin where clocks show it: of three hours, one then has two or four.
    #[must_use]
    pub fn starts(self, first: Timestamp, last: Timestamp, zone: Zone) -> Vec<Timestamp> {
        let mut start = self.start(first, zone);
        let mut civil = self.floor(zone.civil(first));
        let mut starts = vec![start];
        loop {
            civil = self.after(civil);
            let mut next = zone.moment(civil).0;
            if !self.unit.is_of_calendar() {
                // A wall time may occur twice.
                let equal = start.saturating_add(Span::from_micros(self.micros()));
                let there = zone.civil(equal);
                if self.floor(there) == there {
                    (next, civil) = (equal, there);
                }
            }
            // At the end of all time the next is not later.
            if next > last || next <= start {
                return starts;
            }
            start = next;
            starts.push(start);
        }
    }

    /// Where the bucket of a moment begins.
    fn start(self, moment: Timestamp, zone: Zone) -> Timestamp {
        let wall = zone.civil(moment);
        let floor = self.floor(wall);
        if !self.unit.is_of_calendar() {
            // By what has passed since, as a wall time may occur twice.
            let passed = Zone::Utc.moment(wall).0 - Zone::Utc.moment(floor).0;
            let start = Timestamp::from_micros(moment.micros()).saturating_sub(passed);
            if zone.civil(start) == floor {
                return start;
            }
        }
        zone.moment(floor).0.min(moment)
    }

    /// The beginning of the bucket in which a wall time lies.
    fn floor(self, at: Civil) -> Civil {
        let midnight = Civil {
            hour: 0,
            minute: 0,
            second: 0,
            micros: 0,
            ..at
        };
        let count = self.count;
        let down = |value: u8| value - value % count.min(255) as u8;
        match self.unit {
            Unit::Millisecond => Civil {
                micros: at.micros - at.micros % (u32::from(count) * 1_000),
                ..at
            },
            Unit::Second => Civil {
                second: down(at.second),
                micros: 0,
                ..at
            },
            Unit::Minute => Civil {
                hour: at.hour,
                minute: down(at.minute),
                ..midnight
            },
            Unit::Hour => Civil {
                hour: down(at.hour),
                ..midnight
            },
            Unit::Day => back_by(midnight, day_number(midnight).rem_euclid(count.into())),
            // Weeks begin on Mondays; day 0 was a Thursday.
            Unit::Week => {
                let days = 7 * i64::from(count);
                back_by(midnight, (day_number(midnight) + 3).rem_euclid(days))
            }
            Unit::Month => Civil {
                month: 1 + down(at.month - 1),
                day: 1,
                ..midnight
            },
            Unit::Year => Civil {
                year: at.year - at.year.rem_euclid(count.into()),
                month: 1,
                day: 1,
                ..midnight
            },
        }
    }

    /// The beginning of the bucket after the one that begins at `start`.
    fn after(self, start: Civil) -> Civil {
        let count = self.count as u8;
        let next = match self.unit {
            Unit::Millisecond => Civil {
                micros: start.micros + u32::from(self.count) * 1_000,
                ..start
            },
            Unit::Second => Civil {
                second: start.second + count,
                ..start
            },
            Unit::Minute => Civil {
                minute: start.minute + count,
                ..start
            },
            Unit::Hour => Civil {
                hour: start.hour + count,
                ..start
            },
            Unit::Week => Civil {
                day: start.day + 7 * count,
                ..start
            },
            Unit::Month => Civil {
                month: start.month + count,
                ..start
            },
            Unit::Year => Civil {
                year: start.year + i32::from(self.count),
                ..start
            },
            Unit::Day => Civil {
                day: start.day + count,
                ..start
            },
        };
        // A date without a zone brings fields beyond their range back into it.
        Zone::Utc.civil(Zone::Utc.moment(next).0)
    }
}

impl Unit {
    fn is_of_calendar(self) -> bool {
        matches!(self, Self::Day | Self::Week | Self::Month | Self::Year)
    }
}

fn day_number(at: Civil) -> i64 {
    Zone::Utc.moment(at).0.micros().div_euclid(DAY)
}

fn back_by(midnight: Civil, days: i64) -> Civil {
    let earlier = Span::from_micros(days * DAY);
    Zone::Utc.civil(Zone::Utc.moment(midnight).0.saturating_sub(earlier))
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match (self.unit, self.count) {
            (Unit::Week, 2) => return f.write_str("fortnight"),
            (Unit::Month, 3) => return f.write_str("quarter"),
            (Unit::Month, 6) => return f.write_str("half-year"),
            (Unit::Millisecond, _) => "millisecond",
            (Unit::Second, _) => "second",
            (Unit::Minute, _) => "minute",
            (Unit::Hour, _) => "hour",
            (Unit::Day, _) => "day",
            (Unit::Week, _) => "week",
            (Unit::Month, _) => "month",
            (Unit::Year, _) => "year",
        };
        match self.count {
            1 => f.write_str(name),
            count => write!(f, "{count} {name}s"),
        }
    }
}

impl Serialize for Bucket {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
