//! Sets of events as ranges that ascend and do not overlap.

use std::ops::Range;

/// What is in both.
pub(super) fn both(a: &[Range<u32>], b: &[Range<u32>]) -> Vec<Range<u32>> {
    let mut found = Vec::new();
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(one), Some(other)) = (a.peek(), b.peek()) {
        let shared = one.start.max(other.start)..one.end.min(other.end);
        // Whichever ends first has nothing more in common with what follows in the other.
        if one.end <= other.end {
            a.next();
        } else {
            b.next();
        }
        if !shared.is_empty() {
            found.push(shared);
        }
    }
    found
}

/// What is not among them, up to `end`.
pub(super) fn others(ranges: &[Range<u32>], end: u32) -> Vec<Range<u32>> {
    let ends = ranges.iter().map(|range| range.end);
    let starts = ranges.iter().map(|range| range.start);
    let gaps = std::iter::once(0).chain(ends).zip(starts.chain([end]));
    gaps.map(|(start, end)| start..end)
        .filter(|gap| !gap.is_empty())
        .collect()
}

/// Whether an event is among them.
pub(super) fn hold(ranges: &[Range<u32>], event: u32) -> bool {
    let at = ranges.partition_point(|range| range.end <= event);
    ranges.get(at).is_some_and(|range| range.start <= event)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ranges() -> impl Strategy<Value = Vec<Range<u32>>> {
        prop::collection::vec(any::<bool>(), 0..40).prop_map(|held| {
            let mut ranges: Vec<Range<u32>> = Vec::new();
            for event in (0..held.len())
                .filter(|event| held[*event])
                .map(|event| event as u32)
            {
                match ranges.last_mut() {
                    Some(last) if last.end == event => last.end += 1,
                    _ => ranges.push(event..event + 1),
                }
            }
            ranges
        })
    }

    proptest! {
        #[test]
        fn ranges_are_sets(a in ranges(), b in ranges()) {
            let (shared, rest) = (both(&a, &b), others(&a, 40));
            for event in 0..40 {
                prop_assert_eq!(hold(&a, event), a.iter().any(|range| range.contains(&event)));
                prop_assert_eq!(hold(&shared, event), hold(&a, event) && hold(&b, event));
                prop_assert_eq!(hold(&rest, event), !hold(&a, event));
            }
        }
    }
}
