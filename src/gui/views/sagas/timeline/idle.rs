//! Which stretches without events are drawn short.

use crate::analysis::density::Gap;

/// A wait is drawn short that is so many times as long as those are on average that are no longer.
const LONG: i64 = 4;

/// Stretches without events beside which nothing else could be told apart.
pub(in crate::gui::views::sagas) fn idle_gaps(mut times: Vec<i64>, from: i64, to: i64) -> Vec<Gap> {
    times.extend([from, to]);
    times.sort_unstable();
    // What happened at once is no wait.
    times.dedup();
    // Where a single wait is all there is, shortening it tells nothing.
    if times.len() < 3 {
        return Vec::new();
    }
    let mut waits: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    waits.sort_unstable();
    let mut rest = to - from;
    while let [shorter @ .., longest] = &waits[..]
        && !shorter.is_empty()
        && *longest / LONG > (rest - longest) / shorter.len() as i64
    {
        rest -= longest;
        waits.pop();
    }
    let Some(longest) = waits.last() else {
        return Vec::new();
    };
    let long = times.windows(2).filter(|pair| pair[1] - pair[0] > *longest);
    // What stays of a wait takes no more room than what is beside it.
    let edge = |pair: &[i64]| ((pair[1] - pair[0]) / 16).min(rest / 16);
    let gap = |pair: &[i64]| Gap {
        from: pair[0] + edge(pair),
        to: pair[1] - edge(pair),
    };
    long.map(gap).collect()
}
