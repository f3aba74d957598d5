//! Which clocks of services cannot all be right, and whose it is: seen once, for the rule that says so and
//! for those whose cases follow from it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::links::Links;
use crate::analysis::bodies::Bodies;
use crate::analysis::causality::{Skew, Skews, Way};
use crate::log::{Arranged, Clock, Cut, Log};
use crate::model::time::Span;
use crate::model::{Cancelled, EventIx, Task, Timestamp};

/// What steps from causes to effects say of clocks.
#[derive(Debug, Default)]
pub struct Clocks {
    /// The steps from each service to another, by the numbers of the two.
    pub ways: BTreeMap<(u32, u32), Way>,
    /// Effects recorded before their causes: the cause, and the effect, in the order of effects.
    pub early: Vec<[EventIx; 2]>,
    /// Clocks that are off, the worst first.
    pub(super) off: Vec<Off>,
}

/// Clocks that cannot all be right.
#[derive(Debug)]
pub(super) struct Off {
    /// The service whose clock is wrong, as far as the others show it.
    pub wrong: Option<String>,
    /// What proves it: all with that service as one of the two.
    pub skews: Vec<Skew>,
    /// Services that the order of the log makes witnesses of it, each with how many of its events say so;
    /// where effects and causes do not tell whose it is.
    pub witnesses: Vec<(String, u64)>,
    /// The same by the numbers of the services.
    pairs: Vec<Apart>,
    number: Option<u32>,
}

/// Two clocks that are apart, by the numbers of their services. Bounds are told in whole milliseconds.
#[derive(Clone, Copy, Debug)]
struct Apart {
    ahead: u32,
    behind: u32,
    least: Span,
    most: Option<Span>,
}

impl Clocks {
    /// By the causes of all known events, and by neighbours in the log that run `backwards`.
    pub(super) fn of(
        log: &Log,
        cut: &Cut,
        bodies: &Bodies,
        (links, backwards): (&Links, &[(EventIx, EventIx)]),
        task: &Task,
    ) -> Result<Self, Cancelled> {
        let known = cut.known(log).into_iter().flatten().map(EventIx);
        // The stamps of what goes in a circle prove nothing about clocks.
        let effects = known.filter(|event| !links.is_cyclic(*event));
        let steps = effects.filter_map(|event| Some([links.known_cause(event)?, event]));
        let mut clocks = Self::seen(log, bodies, steps, task)?;
        if log.arranged() != Arranged::ByTimeForVersions {
            clocks.hear(log, bodies, backwards);
        }
        Ok(clocks)
    }

    /// Goes through steps from causes to effects, in the order of the effects.
    pub(super) fn seen(
        log: &Log,
        bodies: &Bodies,
        steps: impl Iterator<Item = [EventIx; 2]>,
        task: &Task,
    ) -> Result<Self, Cancelled> {
        let mut skews = Skews::default();
        let mut early = Vec::new();
        for (nth, [cause, effect]) in steps.enumerate() {
            if nth.is_multiple_of(1 << 14) {
                task.check()?;
            }
            let times = [cause, effect].map(|event| log.own_time(event, Clock::Recorded));
            let [Some(one), Some(two)] = times else {
                continue;
            };
            if two < one {
                early.push([cause, effect]);
            }
            if let Some((from, to)) = bodies.service(cause).zip(bodies.service(effect)) {
                skews.see((from, cause, one), (to, effect, two));
            }
        }
        let found = skews.found(|service| bodies.service_name(service).to_owned());
        let ways = skews.into_ways();
        Ok(Self {
            off: blamed(found, &ways, &|service| bodies.service_name(service)),
            ways,
            early,
        })
    }

    /// Lets the order of the log tell whose clock is off, where effects and causes do not: `backwards` are
    /// neighbours in it, the first of which has the earlier stamp and stands behind the second.
    pub(super) fn hear(&mut self, log: &Log, bodies: &Bodies, backwards: &[(EventIx, EventIx)]) {
        if self.off.iter().all(|off| off.number.is_some()) {
            return;
        }
        let stamped = |event| {
            bodies
                .service(event)
                .zip(log.own_time(event, Clock::Recorded))
        };
        let pairs = backwards.iter().filter_map(|&(event, by)| {
            let (one, two) = stamped(by).zip(stamped(event))?;
            Some((one.0, two.0, one.1 - two.1))
        });
        let pairs: Vec<(u32, u32, Span)> = pairs.filter(|(one, two, _)| one != two).collect();
        for off in &mut self.off {
            off.hear(&pairs, &|service| bodies.service_name(service).to_owned());
        }
    }

    /// Whether of two events that were recorded at these times the second, which came later, has the earlier
    /// stamp because a clock is off: by the numbers of their services.
    pub(super) fn explain(&self, one: (u32, Timestamp), two: (u32, Timestamp)) -> bool {
        let by = one.1 - two.1;
        one.0 != two.0 && self.off.iter().any(|off| off.explains(one.0, two.0, by))
    }

    /// Whether it is known of any two clocks between which bounds they are apart.
    pub(super) fn is_any_bounded(&self) -> bool {
        let mut pairs = self.off.iter().flat_map(|off| &off.pairs);
        pairs.any(|pair| pair.most.is_some())
    }

    /// Whether the clocks of two events, each by the number of its service and its stamp, are apart so that
    /// either may have come first.
    pub(super) fn blur(&self, one: (u32, Timestamp), two: (u32, Timestamp)) -> bool {
        let mut pairs = self.off.iter().flat_map(|off| &off.pairs);
        pairs.any(|pair| pair.blurs(one, two) || pair.blurs(two, one))
    }
}

/// So many neighbours in the log have to say the same of two clocks.
const SEVERAL: u64 = 3;

impl Off {
    /// Takes what neighbours in the log say: the service of the first, that of the second, and by how much
    /// the stamp of the second is the earlier one. Of the two clocks the one is wrong that is about as far off
    /// beside a third, if the other is not.
    fn hear(&mut self, pairs: &[(u32, u32, Span)], name: &dyn Fn(u32) -> String) {
        let (
            &[
                Apart {
                    ahead,
                    behind,
                    least,
                    ..
                },
            ],
            None,
        ) = (&self.pairs[..], self.number)
        else {
            return;
        };
        let far = Span::from_millis(least.millis() / 2);
        let mut said: BTreeMap<(u32, u32), u64> = BTreeMap::new();
        for (one, two, _) in pairs.iter().filter(|(.., by)| *by > far) {
            *said.entry((*one, *two)).or_default() += 1;
        }
        let is_other = |service: u32| service != ahead && service != behind;
        let of = |suspect: u32| -> Vec<(String, u64)> {
            let own = said.iter().filter_map(|(&(one, two), &count)| {
                let other = match suspect == ahead {
                    true => (one == ahead).then_some(two),
                    false => (two == behind).then_some(one),
                };
                let other = other.filter(|other| is_other(*other))?;
                let is_one_way = !said.contains_key(&(two, one));
                (count >= SEVERAL && is_one_way).then(|| (name(other), count))
            });
            own.collect()
        };
        let (wrong, witnesses) = match (of(ahead), of(behind)) {
            (own, none) if none.is_empty() && !own.is_empty() => (ahead, own),
            (none, own) if none.is_empty() && !own.is_empty() => (behind, own),
            _ => return,
        };
        self.number = Some(wrong);
        self.wrong = Some(name(wrong));
        self.witnesses = witnesses;
    }

    /// Whether what `second` stamped can lie so much before what `first` did earlier.
    fn explains(&self, first: u32, second: u32, by: Span) -> bool {
        self.pairs.iter().any(|pair| {
            let (ahead, behind) = (pair.ahead, pair.behind);
            // A clock that is known to be wrong is wrong beside those of all services.
            let is_told = match self.number {
                Some(wrong) if wrong == ahead => first == ahead,
                Some(_) => second == behind,
                None => (first, second) == (ahead, behind),
            };
            is_told && pair.most.is_none_or(|most| by.millis() <= most.millis())
        })
    }
}

impl Apart {
    /// Whether an event of the clock that is ahead and one of the other may have come in either order: the
    /// first one's stamp, less the least and less the most that it can be ahead, lies on both sides of the other's.
    fn blurs(&self, ahead: (u32, Timestamp), behind: (u32, Timestamp)) -> bool {
        let by = ahead.1 - behind.1;
        (ahead.0, behind.0) == (self.ahead, self.behind)
            && self.least <= by
            && self.most.is_some_and(|most| by <= most)
    }
}

/// Skews by the clock that is wrong. That is the one which is apart from the most others; where two are alike
/// in that, the one that agrees with fewer, and then the one that is further off.
fn blamed<'a>(
    mut skews: Vec<Skew>,
    ways: &BTreeMap<(u32, u32), Way>,
    name: &dyn Fn(u32) -> &'a str,
) -> Vec<Off> {
    let numbers: BTreeMap<&str, u32> = ways
        .keys()
        .flat_map(|(one, two)| [*one, *two])
        .map(|service| (name(service), service))
        .collect();
    let ends = |skew: &Skew| [numbers[skew.ahead.as_str()], numbers[skew.behind.as_str()]];
    // Services with which a clock agrees both ways; one way alone proves nothing.
    let is_right = |one, two| ways.get(&(one, two)).is_some_and(|way| !way.proves_skew());
    let agrees = |service: u32| {
        let own = ways.keys().filter(|(one, _)| *one == service);
        own.filter(|&&(one, two)| is_right(one, two) && is_right(two, one))
            .count()
    };
    let mut all = Vec::new();
    while !skews.is_empty() {
        let mut by_service: BTreeMap<u32, (usize, i64)> = BTreeMap::new();
        for skew in &skews {
            for service in ends(skew) {
                let own = by_service.entry(service).or_default();
                *own = (own.0 + 1, own.1.saturating_add(skew.least_ms));
            }
        }
        let suspicion = |(service, (count, ms)): (u32, (usize, i64))| {
            ((count, Reverse(agrees(service)), ms), service)
        };
        let mut suspects: Vec<_> = by_service.into_iter().map(suspicion).collect();
        suspects.sort_by_key(|(how, service)| Reverse((*how, Reverse(*service))));
        let worst = suspects[0].1;
        let is_its = |skew: &mut Skew| ends(skew).contains(&worst);
        let own: Vec<Skew> = skews.extract_if(.., is_its).collect();
        // Of two that only disagree with each other, nothing says which is right.
        let is_told = own.len() > 1 || suspects[0].0 > suspects[1].0;
        let pair = |skew: &Skew| {
            let [ahead, behind] = ends(skew);
            Apart {
                ahead,
                behind,
                least: Span::from_millis(skew.least_ms),
                most: skew.most_ms.map(Span::from_millis),
            }
        };
        all.push(Off {
            wrong: is_told.then(|| name(worst).to_owned()),
            number: is_told.then_some(worst),
            pairs: own.iter().map(pair).collect(),
            skews: own,
            witnesses: Vec::new(),
        });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 6] = ["", "order", "payment", "stock", "shipping", "mail"];

    /// Steps from one service to another that took so many milliseconds by the stamps of the two.
    fn off(steps: &[(u32, u32, i64)]) -> Vec<Off> {
        let mut skews = Skews::default();
        let at = |ms: i64| Timestamp::from_micros(ms * 1000);
        for (nth, &(from, to, ms)) in steps.iter().enumerate() {
            let event = EventIx(nth as u32);
            skews.see((from, event, at(100_000)), (to, event, at(100_000 + ms)));
        }
        let found = skews.found(|service| NAMES[service as usize].to_owned());
        blamed(found, &skews.into_ways(), &|service| {
            NAMES[service as usize]
        })
    }

    fn told(off: &[Off]) -> Vec<(Option<&str>, usize)> {
        off.iter()
            .map(|own| (own.wrong.as_deref(), own.skews.len()))
            .collect()
    }

    #[test]
    fn the_clock_that_is_apart_from_most_is_wrong() {
        let one = off(&[
            (1, 3, -9_000),
            (3, 2, 11_000),
            (2, 3, -9_500),
            (3, 4, 10_900),
            (4, 3, -10_000),
            (1, 2, 900),
        ]);
        assert_eq!(told(&one), [(Some("stock"), 3)]);
        // Two clocks, one by much: what is left is that of the other.
        let two = off(&[
            (1, 3, -9_000),
            (2, 3, -9_000),
            (4, 3, -9_500),
            (1, 4, -400),
            (2, 4, -300),
            (1, 2, 100),
        ]);
        assert_eq!(told(&two), [(Some("stock"), 3), (Some("shipping"), 2)]);
    }

    #[test]
    fn one_stamp_that_is_wrong_is_no_clock_that_is() {
        let steps = |early: &[i64]| -> Vec<(u32, u32, i64)> {
            let usual = (0..9).map(|n| 900 + 500 * n);
            usual
                .chain(early.iter().copied())
                .map(|ms| (1, 3, ms))
                .collect()
        };
        assert_eq!(told(&off(&steps(&[-60_000]))), []);
        // Near the others, or more than a few, they are a clock's.
        assert_eq!(told(&off(&steps(&[-50]))), [(None, 1)]);
        assert_eq!(told(&off(&steps(&[-60_000, -60_500]))), [(None, 1)]);
        // Where nothing else is known nothing speaks against it.
        assert_eq!(told(&off(&[(1, 3, -60_000)])), [(None, 1)]);
    }

    #[test]
    fn of_two_clocks_the_one_is_wrong_that_agrees_with_nobody() {
        assert_eq!(
            told(&off(&[(1, 3, -9_000), (1, 2, 50), (2, 1, 10)])),
            [(Some("stock"), 1)]
        );
        assert_eq!(told(&off(&[(1, 3, -9_000)])), [(None, 1)]);
        assert_eq!(
            told(&off(&[(1, 3, -9_000), (1, 2, 50), (4, 3, 50)])),
            [(None, 1)]
        );
    }

    #[test]
    fn of_two_clocks_the_one_is_wrong_that_the_order_of_the_log_shows_beside_a_third() {
        let heard = |pairs: &[(u32, u32, i64)]| {
            let mut off = off(&[(1, 3, -9_000), (3, 1, 11_000)]).remove(0);
            let pairs: Vec<_> = pairs
                .iter()
                .flat_map(|&(one, two, ms)| [(one, two, Span::from_millis(ms)); 3])
                .collect();
            off.hear(&pairs, &|service| NAMES[service as usize].to_owned());
            (off.wrong, off.witnesses)
        };
        let told = |name: &str, by: &str| (Some(name.to_owned()), vec![(by.to_owned(), 3)]);
        assert_eq!(
            heard(&[(1, 5, 8_000), (1, 3, 8_000)]),
            told("order", "mail")
        );
        assert_eq!(heard(&[(5, 3, 8_000)]), told("stock", "mail"));
        // Both, neither, by little, and a third that is off itself.
        for pairs in [
            &[(1, 5, 8_000), (5, 3, 8_000)][..],
            &[(1, 3, 8_000)],
            &[(1, 5, 100)],
            &[(1, 5, 8_000), (5, 1, 8_000)],
        ] {
            assert_eq!(heard(pairs), (None, Vec::new()), "{pairs:?}");
        }
    }

    #[test]
    fn stamps_that_differ_by_as_much_as_their_clocks_tell_no_order() {
        let off = off(&[(1, 3, -9_000), (3, 1, 11_000)]);
        let clocks = Clocks {
            off,
            ..Clocks::default()
        };
        let at = |ms: i64| Timestamp::from_micros(ms * 1000);
        let blur =
            |one: (u32, i64), two: (u32, i64)| clocks.blur((one.0, at(one.1)), (two.0, at(two.1)));
        assert!(clocks.is_any_bounded());
        assert!(blur((1, 10_000), (3, 0)) && blur((3, 0), (1, 10_000)));
        assert!(!blur((1, 8_000), (3, 0)) && !blur((1, 12_000), (3, 0)));
        assert!(!blur((3, 10_000), (1, 0)) && !blur((1, 10_000), (2, 0)));
    }

    #[test]
    fn a_wrong_clock_explains_stamps_no_further_off_than_it() {
        let off = &off(&[
            (1, 3, -9_000),
            (3, 1, 11_000),
            (2, 3, -9_500),
            (3, 2, 12_000),
        ])[0];
        let secs = Span::from_secs;
        assert!(off.explains(1, 3, secs(10)) && off.explains(5, 3, secs(12)));
        assert!(!off.explains(3, 1, secs(10)), "it is behind");
        assert!(!off.explains(1, 3, secs(13)) && !off.explains(1, 2, secs(1)));
    }
}
