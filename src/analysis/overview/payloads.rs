//! Whether payloads are what they are written as. Looking at all of them may take minutes, so that of a
//! long log some are looked at, evenly over the events known, and the figures say how many.

use serde::Serialize;

use super::EXAMPLES;
use crate::log::{Cut, Log, Payload, PayloadReader};
use crate::model::{Cancelled, EventIx, PositionName, Task};

/// Payloads looked at, at most.
const LOOKED_AT: u64 = 500;

/// They are looked at so many at a time, until there were so many bytes.
const BATCH: usize = 50;
const MOST_BYTES: usize = 64 << 20;

/// What was seen of the payloads.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PayloadFigures {
    /// How many were looked at.
    pub looked_at: u64,
    /// Of how many.
    pub of: u64,
    /// How many of those that were looked at are text that begins as JSON and is none.
    pub broken: u64,
    /// The first of these.
    pub first_broken: Vec<PositionName>,
    /// How many of those that were looked at are bytes of no known encoding.
    #[serde(skip)]
    pub opaque: u64,
    /// How many of them there are at all.
    #[serde(skip)]
    pub present: u64,
}

/// Looks at payloads of the events known at `cut`.
///
/// # Errors
/// [`Cancelled`] when the task was called off.
pub(super) fn figures(
    log: &Log,
    payloads: &dyn PayloadReader,
    cut: &Cut,
    task: &Task,
) -> Result<PayloadFigures, Cancelled> {
    let events = some_of(log, cut);
    let mut figures = PayloadFigures {
        of: u64::from(cut.count()),
        ..PayloadFigures::default()
    };
    let mut bytes = 0;
    for batch in events.chunks(BATCH) {
        task.check()?;
        payloads.read(log, batch, task, &mut |event, body| {
            figures.looked_at += 1;
            let Ok(body) = body else { return };
            bytes += body.data.size();
            figures.present += u64::from(!matches!(body.data, Payload::Absent));
            figures.opaque += u64::from(is_unreadable(&body.data));
            if body.data.is_broken() {
                figures.broken += 1;
                if figures.first_broken.len() < EXAMPLES {
                    figures.first_broken.push(log.position_name(event));
                }
            }
        })?;
        if bytes > MOST_BYTES {
            break;
        }
    }
    Ok(figures)
}

/// Events evenly over those known, all where they are few.
fn some_of(log: &Log, cut: &Cut) -> Vec<EventIx> {
    let known = cut.known(log);
    let count = u64::from(cut.count());
    let wanted = count.min(LOOKED_AT);
    let mut ranges = known.iter();
    let (mut range, mut before) = (ranges.next(), 0_u64);
    let mut events = Vec::with_capacity(wanted as usize);
    for rank in (0..wanted).map(|n| n * count / wanted) {
        while let Some(own) = range {
            let length = u64::from(own.end - own.start);
            if rank - before < length {
                events.push(EventIx(own.start + (rank - before) as u32));
                break;
            }
            before += length;
            range = ranges.next();
        }
    }
    events
}

/// Bytes that are not even text.
fn is_unreadable(payload: &Payload) -> bool {
    matches!(payload, Payload::Opaque(bytes) if std::str::from_utf8(bytes).is_err())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::testing::{Sample, log_of};

    #[test]
    fn json_that_is_cut_off_is_broken_and_other_text_is_not() {
        let text = |text: &str| Payload::from_text(text.to_owned());
        for broken in [r#"{"a":1"#, " [1,", r#""{\"a\":""#] {
            assert!(text(broken).is_broken(), "{broken}");
        }
        for sound in [r#"{"a":1}"#, "hello", "7", r#""{\"a\":1}""#, r#""hello""#] {
            assert!(!text(sound).is_broken(), "{sound}");
        }
        assert!(!Payload::Opaque(vec![b'{', 0, 255]).is_broken());
    }

    #[test]
    fn some_of_many_are_spread_over_all() {
        let samples: Vec<_> = (0..2_000)
            .map(|version| Sample {
                version,
                ..Sample::default()
            })
            .collect();
        let log = log_of(&samples, 700);
        let some = some_of(&log, &log.at_head());
        assert_eq!(
            (some.len(), some[0], some[499]),
            (500, EventIx(0), EventIx(1_996))
        );
        assert!(some.is_sorted());
        let few = log_of(&samples[..3], 3);
        assert_eq!(some_of(&few, &few.at_head()).len(), 3);
    }
}
