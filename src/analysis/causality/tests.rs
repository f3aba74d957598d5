//! Skews from steps, by example.

use super::skew::Skews;
use crate::model::{EventIx, Timestamp};

#[test]
fn the_skew_lies_between_what_two_directions_prove() {
    let at = |ms: i64| Timestamp::from_micros(ms * 1000);
    let mut skews = Skews::default();
    // The shop's clock is 8 s ahead; a step takes one second at least.
    skews.see((1, EventIx(0), at(8_000)), (2, EventIx(1), at(1_000)));
    skews.see((1, EventIx(2), at(28_000)), (2, EventIx(3), at(29_000)));
    skews.see((2, EventIx(1), at(1_000)), (1, EventIx(4), at(10_500)));
    let found = skews.found(|service| ["", "shop", "stock"][service as usize].to_owned());
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].ahead.as_str(), found[0].behind.as_str()),
        ("shop", "stock")
    );
    assert_eq!((found[0].least_ms, found[0].most_ms), (7_000, Some(9_500)));
    assert_eq!((found[0].steps, found[0].impossible), (2, 1));
    assert_eq!(found[0].proof, [EventIx(0), EventIx(1)]);
}
