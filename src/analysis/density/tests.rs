//! Sums, monotony and inversion, lanes, gaps.

use proptest::prelude::*;

use super::*;
use crate::analysis::testing::{At, Sample, log_of, moments, samples, truncated};
use crate::log::{Bound, Clock, Log};
use crate::model::{Task, Timestamp};

const RECORDED: Scale = Scale::Time(Clock::Recorded);

fn axes() -> impl Strategy<Value = Axis> {
    let ends = (-50_000_000..50_000_000_i64, 0..400_000_000_i64);
    let gaps = prop::collection::vec((0..50_000_000_i64, 0..50_000_000_i64), 0..5);
    (ends, gaps).prop_map(|((from, length), steps)| {
        let mut at = from - 60_000_000;
        let gap = |(skip, length)| {
            let gap = Gap {
                from: at + skip,
                to: at + skip + length,
            };
            at = gap.to;
            gap
        };
        let gaps: Vec<Gap> = steps.into_iter().map(gap).collect();
        Axis::with_gaps(RECORDED, from, from + length, &gaps)
    })
}

fn lanes(log: &Log, by: LaneBy) -> Lanes {
    Lanes::choose(log, &log.at_head(), by, &Task::new()).unwrap()
}

fn by() -> impl Strategy<Value = LaneBy> {
    prop_oneof![
        Just(LaneBy::Category),
        Just(LaneBy::Type),
        Just(LaneBy::Nothing)
    ]
}

proptest! {
    // Each makes logs of thousands of events.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn counts_at_a_cursor_equal_a_count(samples in samples(60), at in moments(), by in by(), half in 0..60_usize) {
        // Many times over, so that there are whole blocks.
        let many: Vec<Sample> = samples.iter().cycle().take(samples.len() * 300).cloned().collect();
        let log = log_of(&many, 5_000);
        let lanes = lanes(&log, by);
        let part = log_of(&many[..many.len() * half / 60], 5_000);
        let mut counts = LaneCounts::build(&part, &lanes, &Task::new()).unwrap();
        counts.grow(&log, &lanes, &Task::new()).unwrap();
        let at = match at { At::Event(event) => At::Event(event * 300), other => other };
        let cut = at.cut(&log, Clock::Recorded);
        let mut expected = vec![0; lanes.len()];
        for event in log.events().filter(|&event| cut.holds(&log, event)) {
            let name = match by {
                LaneBy::Category => log.category_name(log.category(log.stream(event))),
                LaneBy::Type => log.type_name(log.event_type(event)),
                LaneBy::Nothing => "events",
            };
            expected[(0..lanes.len()).find(|&lane| lanes.name(&log, lane) == name).unwrap()] += 1;
        }
        prop_assert_eq!(counts.at(&log, &lanes, &cut), expected);
    }
}

proptest! {
    #[test]
    fn an_axis_never_falls_and_fills_its_width(axis in axes(), a in -1e8..5e8_f64, b in -1e8..5e8_f64) {
        let (a, b) = (a as i64, b as i64);
        prop_assert!(axis.place(a.min(b)) <= axis.place(a.max(b)));
        prop_assert_eq!((axis.place(axis.from()), axis.place(axis.to())), (0.0, 1.0));
        prop_assert_eq!((axis.value(0.0), axis.value(1.0)), (axis.from(), axis.to()));
        prop_assert_eq!((axis.value(f64::NAN), axis.value(9.0)), (axis.from(), axis.to()));
        let (x, y) = (a as f64 / 5e8, b as f64 / 5e8);
        prop_assert!(axis.value(x.min(y)) <= axis.value(x.max(y)));
    }

    #[test]
    fn an_axis_is_invertible(axis in axes(), share in 0.0..1.0_f64) {
        let value = axis.from() + ((axis.to() - axis.from()) as f64 * share) as i64;
        let back = axis.value(axis.place(value));
        prop_assert!((back - value).abs() <= 1, "{value} came back as {back}");
    }

    #[test]
    fn gaps_are_short_and_the_rest_keeps_its_proportions(axis in axes()) {
        let gaps: Vec<(Gap, f64, f64)> = axis.gaps().collect();
        let idle: f64 = gaps.iter().map(|(_, left, right)| right - left).sum();
        let idle_time: i64 = gaps.iter().map(|(gap, ..)| gap.to - gap.from).sum();
        let busy_time = axis.to() - axis.from() - idle_time;
        if busy_time > 0 {
            prop_assert!(idle <= 0.41);
            let mut at = axis.from();
            for (from, to) in gaps.iter().map(|(gap, ..)| (gap.from, gap.to)).chain([(axis.to(), 0)]) {
                let width = axis.place(from) - axis.place(at);
                let expected = (from - at) as f64 / busy_time as f64 * (1.0 - idle);
                prop_assert!((width - expected).abs() < 1e-9);
                at = to;
            }
        }
    }

    #[test]
    fn bins_hold_every_event_of_the_window_once(samples in samples(60), axis in axes(), at in moments(), by in by(), bins in 1..50_usize) {
        let log = log_of(&samples, 11);
        let cut = at.cut(&log, Clock::Recorded);
        let lanes = lanes(&log, by);
        let density = density(&log, &cut, &axis, &lanes, bins, &Task::new()).unwrap();
        let mut expected = vec![vec![0_u32; bins]; lanes.len()];
        for event in log.events().filter(|&event| cut.holds(&log, event)) {
            let Some(time) = log.time(event, Clock::Recorded).filter(|t| axis.contains(t.micros())) else {
                continue;
            };
            let place = axis.place(time.micros());
            let bin = (0..bins).rev().find(|&bin| bin as f64 / bins as f64 <= place);
            let name = match by {
                LaneBy::Category => log.category_name(log.category(log.stream(event))),
                LaneBy::Type => log.type_name(log.event_type(event)),
                LaneBy::Nothing => "events",
            };
            let lane = (0..lanes.len()).find(|&lane| lanes.name(&log, lane) == name).unwrap();
            expected[lane][bin.unwrap()] += 1;
        }
        let counted: Vec<Vec<u32>> = density.lanes.iter().map(|lane| lane.counts.clone()).collect();
        prop_assert_eq!(counted, expected);
        let here: u32 = density.lanes.iter().map(|lane| lane.events).sum();
        prop_assert_eq!(here + density.elsewhere, cut.count());
    }

    #[test]
    fn nothing_is_learnt_from_the_future(samples in samples(60), at in moments(), axis in axes(), by in by()) {
        let log = log_of(&samples, 11);
        let cut = at.cut(&log, Clock::Recorded);
        let short = truncated(&log, &cut);
        let head = short.cut(Clock::Recorded, Bound::Head);
        let task = Task::new();
        let gaps = idle(&log, &cut, &axis, &task).unwrap();
        prop_assert_eq!(&gaps, &idle(&short, &head, &axis, &task).unwrap());
        let axis = Axis::with_gaps(RECORDED, axis.from(), axis.to(), &gaps);
        let (mine, theirs) = (
            Lanes::choose(&log, &cut, by, &task).unwrap(),
            Lanes::choose(&short, &head, by, &task).unwrap(),
        );
        let names = |log: &Log, lanes: &Lanes| -> Vec<String> {
            (0..lanes.len()).map(|lane| lanes.name(log, lane).to_owned()).collect()
        };
        prop_assert_eq!(names(&log, &mine), names(&short, &theirs));
        prop_assert_eq!(
            density(&log, &cut, &axis, &mine, 40, &task).unwrap(),
            density(&short, &head, &axis, &theirs, 40, &task).unwrap()
        );
    }
}

fn at(seconds: impl IntoIterator<Item = i64>) -> Log {
    let sample = |second: i64| Sample {
        recorded: Some(second * 1_000_000),
        ..Sample::default()
    };
    log_of(&seconds.into_iter().map(sample).collect::<Vec<_>>(), 50)
}

/// The gaps in the whole of a log, in whole seconds, rounded inwards.
fn gaps(log: &Log) -> Vec<(i64, i64)> {
    let (from, to) = RECORDED.extent(log).unwrap();
    let gaps = idle(
        log,
        &log.at_head(),
        &Axis::new(RECORDED, from, to),
        &Task::new(),
    )
    .unwrap();
    let seconds = |gap: Gap| {
        (
            -(-gap.from).div_euclid(1_000_000),
            gap.to.div_euclid(1_000_000),
        )
    };
    gaps.into_iter().map(seconds).collect()
}

#[test]
fn nights_are_gaps_and_an_even_pace_has_none() {
    assert_eq!(gaps(&at((0..10).map(|month| month * 2_600_000))), []);
    assert_eq!(gaps(&at((0..1000).chain(5_000..6_000))), [(1_011, 4_988)]);
    // Busy moments, each within one cell of the histogram.
    let weekly = (0..9).flat_map(|week| (0..20).map(move |second| week * 604_800 + second));
    assert_eq!(gaps(&at(weekly)).len(), 8);
    // Out of order in the log.
    assert_eq!(gaps(&at((5_000..6_000).chain(0..1_000))), [(1_011, 4_988)]);
    assert_eq!(gaps(&at([7])), []);
    assert_eq!(gaps(&at([0, 1_000_000])), []);
}

#[test]
fn a_store_without_times_has_an_axis_of_places() {
    let log = log_of(&vec![Sample::default(); 40], 7);
    let scale = Scale::of(&log, Clock::Recorded);
    assert_eq!((scale, scale.extent(&log)), (Scale::Order, Some((0, 39))));
    let task = Task::new();
    let whole = density(
        &log,
        &log.at_head(),
        &Axis::new(scale, 0, 39),
        &Lanes::one(),
        4,
        &task,
    )
    .unwrap();
    assert_eq!(whole.lanes[0].counts, [10, 10, 10, 10]);
    let part = density(
        &log,
        &log.at_head(),
        &Axis::new(scale, -5, 4),
        &Lanes::one(),
        1,
        &task,
    )
    .unwrap();
    assert_eq!((part.lanes[0].events, part.elsewhere), (5, 35));
    let none = density(
        &log,
        &log.at_head(),
        &Axis::new(scale, -9, -5),
        &Lanes::one(),
        1,
        &task,
    )
    .unwrap();
    assert_eq!(none.elsewhere, 40);
    assert_eq!(scale.extent(&Log::default()), None);
}

#[test]
fn windows_at_the_end_of_time_hold() {
    let log = at([0, 5]);
    for (from, to) in [
        (i64::MIN, i64::MAX),
        (i64::MAX, i64::MAX),
        (i64::MIN, i64::MIN),
        (9, 2),
    ] {
        let axis = Axis::new(RECORDED, from, to);
        let density = density(&log, &log.at_head(), &axis, &Lanes::one(), 3, &Task::new()).unwrap();
        assert_eq!(
            density.elsewhere,
            if to == i64::MAX && from < 0 { 0 } else { 2 }
        );
        idle(&log, &log.at_head(), &axis, &Task::new()).unwrap();
        assert_eq!(axis.value(1.0), axis.to());
    }
}

#[test]
fn beyond_ten_lanes_are_the_others() {
    let kinds = (0..13_u8).flat_map(|kind| {
        vec![
            Sample {
                kind,
                ..Sample::default()
            };
            usize::from(kind) + 1
        ]
    });
    let log = log_of(&kinds.collect::<Vec<_>>(), 9);
    let lanes = lanes(&log, LaneBy::Type);
    assert_eq!(
        (
            lanes.len(),
            lanes.has_others(),
            lanes.name(&log, 0),
            lanes.name(&log, 10)
        ),
        (11, true, "Kind12", "other")
    );
    let counts = LaneCounts::build(&log, &lanes, &Task::new()).unwrap();
    assert_eq!(
        counts.at(&log, &lanes, &log.at_head()),
        [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 6]
    );
}

/// Whole blocks may lie behind an event that is left out.
#[test]
fn a_wrong_clock_leaves_the_counts_of_lanes_right() {
    let second = |n: i64| if n % 9_000 == 10 { 90_000 } else { n };
    let samples = (0..20_000).map(|n| Sample {
        kind: (n % 3) as u8,
        recorded: Some(second(n) * 1_000_000),
        ..Sample::default()
    });
    let log = log_of(&samples.collect::<Vec<_>>(), 5_000);
    let lanes = lanes(&log, LaneBy::Type);
    let counts = LaneCounts::build(&log, &lanes, &Task::new()).unwrap();
    for at in [9, 10, 4_095, 4_096, 9_009, 9_011, 17_000, 19_999, 90_000] {
        let time = Timestamp::from_micros(at * 1_000_000);
        let cut = log.cut(Clock::Recorded, Bound::Time(time));
        let mut expected = vec![0; lanes.len()];
        for event in log.events().filter(|&event| cut.holds(&log, event)) {
            let name = log.type_name(log.event_type(event));
            let lane = (0..3).find(|&lane| lanes.name(&log, lane) == name);
            expected[lane.unwrap()] += 1;
        }
        assert_eq!(counts.at(&log, &lanes, &cut), expected, "{at}");
    }
}
