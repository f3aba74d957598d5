//! The logarithmic scale that all small plots share, with the bands in which people think of
//! consistency.

use serde::{Deserialize, Serialize};

use crate::analysis::lag::{Chart, ConsumerLag, Point};

/// What lag is measured in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Unit {
    /// For how long the first event waits.
    #[default]
    Seconds,
    /// How many wait.
    Events,
}

impl Unit {
    /// How far behind a consumer is in it.
    pub fn of(self, own: &ConsumerLag) -> Option<f64> {
        match self {
            Self::Seconds => own.lag_ms.map(|ms| ms as f64),
            Self::Events => own.lag_events.map(|events| events as f64),
        }
    }
}

/// A band of the scale, from the value before it up to its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Band {
    pub most: f64,
    /// Its upper edge, as it is written.
    pub label: &'static str,
}

const SECONDS: [Band; 7] = [
    Band {
        most: 10.0,
        label: "10 ms",
    },
    Band {
        most: 100.0,
        label: "100 ms",
    },
    Band {
        most: 10_000.0,
        label: "10 s",
    },
    Band {
        most: 3_600_000.0,
        label: "1 h",
    },
    Band {
        most: 86_400_000.0,
        label: "1 d",
    },
    Band {
        most: 2_592_000_000.0,
        label: "30 d",
    },
    Band {
        most: 31_536_000_000.0,
        label: "1 y",
    },
];
const EVENTS: [Band; 8] = [
    Band {
        most: 1.0,
        label: "1",
    },
    Band {
        most: 10.0,
        label: "10",
    },
    Band {
        most: 100.0,
        label: "100",
    },
    Band {
        most: 1_000.0,
        label: "1,000",
    },
    Band {
        most: 10_000.0,
        label: "10,000",
    },
    Band {
        most: 100_000.0,
        label: "100,000",
    },
    Band {
        most: 1_000_000.0,
        label: "1 M",
    },
    Band {
        most: 10_000_000.0,
        label: "10 M",
    },
];

/// What the bands of time are called, and what they hold.
pub(super) const NAMES: [(&str, &str); 4] = [
    ("same process", "under 10 ms"),
    ("same datacentre", "10 to 100 ms"),
    ("across regions", "100 ms to 10 s"),
    ("people wait", "more than 10 s"),
];

/// A scale from nothing up to the most that is shown anywhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    pub unit: Unit,
    top: f64,
}

impl Scale {
    /// One on which all of these fit, over time and as they stand now.
    pub fn fitting<'a>(
        unit: Unit,
        charts: impl Iterator<Item = &'a Chart>,
        now: impl Iterator<Item = &'a ConsumerLag>,
    ) -> Self {
        let points = charts.flat_map(|chart| &chart.points);
        let points = points.filter_map(|point| value(unit, point));
        let now = now.filter_map(|own| unit.of(own));
        let most = points.chain(now).fold(0.0, f64::max);
        let least = match unit {
            Unit::Seconds => 7_200_000.0,
            Unit::Events => 100.0,
        };
        Self::up_to(unit, (most * 1.5).max(least))
    }

    /// One that ends there.
    fn up_to(unit: Unit, top: f64) -> Self {
        let top = top.max(1.0);
        Self { unit, top }
    }

    /// Where a value stands, 0 at the foot and 1 at the top.
    pub fn at(&self, value: f64) -> f32 {
        (value.max(0.0) + 1.0).log10() as f32 / (self.top + 1.0).log10() as f32
    }

    /// The bands, up to the first that reaches beyond the top.
    pub fn bands(&self) -> impl Iterator<Item = (f32, &'static Band)> {
        let bands: &[Band] = match self.unit {
            Unit::Seconds => &SECONDS,
            Unit::Events => &EVENTS,
        };
        let scale = *self;
        let shown = bands.iter().take_while(move |band| band.most < scale.top);
        shown.map(move |band| (scale.at(band.most), band))
    }
}

/// The worst of a point, in the unit.
pub(super) fn value(unit: Unit, point: &Point) -> Option<f64> {
    match unit {
        Unit::Seconds => point.most_ms.map(|ms| ms as f64),
        Unit::Events => point.most_events.map(|events| events as f64),
    }
}

/// How people call a lag of so many milliseconds.
pub(super) const fn band_of(ms: i64) -> &'static str {
    match ms {
        ..10 => NAMES[0].0,
        10..100 => NAMES[1].0,
        100..10_000 => NAMES[2].0,
        _ => NAMES[3].0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_rises_from_nothing_to_its_top() {
        for unit in [Unit::Seconds, Unit::Events] {
            let scale = Scale::fitting(unit, std::iter::empty(), std::iter::empty());
            assert!(scale.at(0.0).abs() < 1e-6 && scale.at(-5.0).abs() < 1e-6);
            let edges: Vec<f32> = scale.bands().map(|(at, _)| at).collect();
            assert!(edges.is_sorted() && edges.iter().all(|at| (0.0..1.0).contains(at)));
        }
    }
}
