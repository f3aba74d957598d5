//! Where rows stand in a list of any length: whole numbers of rows and one short distance, so that row
//! 900,000,000 stands as still as row 9. Pure arithmetic, no egui.

use std::ops::Range;

/// How far a list is scrolled: the first row in sight, and how much of it is above the edge.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RowScroll {
    /// The first row of which any part is in sight.
    pub first: u64,
    /// Points of it above the upper edge, less than a row's height.
    pub into: f32,
}

/// A list as seen through its pane: how many rows, how high, how much room.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RowView {
    /// Rows in the list. More than 2^40 are treated as 2^40.
    pub rows: u64,
    /// Height of a row in points, above 0.
    pub row_height: f32,
    /// Height of the pane in points.
    pub height: f32,
}

/// Beyond this many rows, points held in an `f64` would no longer tell single rows apart for sure.
const MOST_ROWS: u64 = 1 << 40;

impl RowView {
    fn count(&self) -> u64 {
        self.rows.min(MOST_ROWS)
    }

    fn pane(&self) -> f64 {
        f64::from(self.height.max(0.0))
    }

    fn row(&self) -> f64 {
        f64::from(self.row_height.max(1.0))
    }

    /// Points the list can be scrolled at most.
    fn span(&self) -> f64 {
        (self.count() as f64 * self.row() - self.pane()).max(0.0)
    }

    fn points(&self, scroll: RowScroll) -> f64 {
        scroll.first as f64 * self.row() + f64::from(scroll.into)
    }

    fn at_points(&self, points: f64) -> RowScroll {
        let points = points.clamp(0.0, self.span());
        let first = (points / self.row()).floor();
        let into = (points - first * self.row()).clamp(0.0, self.row()) as f32;
        RowScroll {
            first: first as u64,
            into,
        }
    }

    /// Whether all rows are in sight at once.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.span() <= 0.0
    }

    /// The scroll, brought back inside the list; to be called whenever rows or room may have changed.
    #[must_use]
    pub fn clamped(&self, scroll: RowScroll) -> RowScroll {
        self.at_points(self.points(scroll))
    }

    /// The scroll after moving down by so many points (up where negative), within the list.
    #[must_use]
    pub fn moved(&self, scroll: RowScroll, points: f32) -> RowScroll {
        self.at_points(self.points(scroll) + f64::from(points))
    }

    /// The scroll moved as little as possible so that the whole row is in sight, or its head where the
    /// pane is lower than a row.
    #[must_use]
    pub fn revealing(&self, scroll: RowScroll, row: u64) -> RowScroll {
        let top = row.min(self.count().saturating_sub(1)) as f64 * self.row();
        let now = self.points(scroll);
        let lowest = top + self.row() - self.pane();
        self.at_points(now.max(lowest).min(top))
    }

    /// The scroll with the row in the middle of the pane, as far as the list allows.
    #[must_use]
    pub fn centring(&self, row: u64) -> RowScroll {
        let top = row.min(self.count()) as f64 * self.row();
        self.at_points(top + self.row() / 2.0 - self.pane() / 2.0)
    }

    /// The rows of which any part is in sight.
    #[must_use]
    pub fn visible(&self, scroll: RowScroll) -> Range<u64> {
        if self.height <= 0.0 {
            return 0..0;
        }
        let bottom = (self.points(scroll) + self.pane()) / self.row();
        let end = (bottom.ceil() as u64).min(self.count());
        scroll.first.min(end)..end
    }

    /// Distance of a row's upper edge from the pane's; meaningful near the rows in sight.
    #[must_use]
    pub fn top_of(&self, scroll: RowScroll, row: u64) -> f32 {
        let rows = if row >= scroll.first {
            (row - scroll.first) as f64
        } else {
            -((scroll.first - row) as f64)
        };
        (rows * self.row() - f64::from(scroll.into)) as f32
    }

    /// The row at a distance from the pane's upper edge.
    #[must_use]
    pub fn row_at(&self, scroll: RowScroll, y: f32) -> Option<u64> {
        if y < 0.0 || y >= self.height {
            return None;
        }
        let row = ((self.points(scroll) + f64::from(y)) / self.row()).floor() as u64;
        (row < self.count()).then_some(row)
    }

    /// Whole rows that fit into the pane, at least one: the length of a page.
    #[must_use]
    pub fn page(&self) -> u64 {
        ((self.pane() / self.row()).floor() as u64).max(1)
    }

    /// How far down the list the scroll is, 0 to 1: where the handle of the scroll bar stands.
    #[must_use]
    pub fn fraction(&self, scroll: RowScroll) -> f64 {
        if self.fits() {
            0.0
        } else {
            (self.points(scroll) / self.span()).clamp(0.0, 1.0)
        }
    }

    /// The scroll at a fraction of the list, 0 to 1.
    #[must_use]
    pub fn at_fraction(&self, fraction: f64) -> RowScroll {
        self.at_points(fraction.clamp(0.0, 1.0) * self.span())
    }

    /// Length of the scroll bar's handle on a track, never shorter than `least`.
    #[must_use]
    pub fn handle(&self, track: f32, least: f32) -> f32 {
        let all = (self.count() as f64 * self.row()).max(1.0);
        let share = (f64::from(track) * self.pane() / all) as f32;
        share.max(least).min(track.max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn views() -> impl Strategy<Value = RowView> {
        let rows = prop_oneof![0u64..50, 0u64..1_000_000_001, Just(u64::MAX)];
        (rows, 10u8..60, 0u16..2000).prop_map(|(rows, row_height, height)| RowView {
            rows,
            row_height: f32::from(row_height),
            height: f32::from(height),
        })
    }

    fn anywhere(view: RowView) -> impl Strategy<Value = (RowView, RowScroll)> {
        (0.0..=1.0f64).prop_map(move |fraction| (view, view.at_fraction(fraction)))
    }

    fn scrolled() -> impl Strategy<Value = (RowView, RowScroll)> {
        views().prop_flat_map(anywhere)
    }

    proptest! {
        #[test]
        fn what_is_visible_exists((view, scroll) in scrolled()) {
            let rows = view.visible(scroll);
            prop_assert!(rows.start <= rows.end && rows.end <= view.rows);
            let most = (view.height / view.row_height).ceil() as u64 + 1;
            prop_assert!(rows.end - rows.start <= most);
            if view.rows > 0 && view.height > 0.0 {
                prop_assert!(!rows.is_empty());
            }
        }

        #[test]
        fn a_revealed_row_is_wholly_in_sight((view, scroll) in scrolled(), at in 0.0..1.0f64) {
            prop_assume!(view.rows > 0 && view.height >= view.row_height);
            let row = (at * view.count() as f64) as u64;
            let top = view.top_of(view.revealing(scroll, row), row);
            prop_assert!(top >= -0.01, "{top}");
            prop_assert!(top + view.row_height <= view.height + 0.01, "{top}");
        }

        #[test]
        fn a_row_in_sight_is_not_moved_by_revealing_it((view, scroll) in scrolled()) {
            for row in view.visible(scroll) {
                let top = view.top_of(scroll, row);
                if top >= 0.0 && top + view.row_height <= view.height {
                    let after = view.top_of(view.revealing(scroll, row), row);
                    prop_assert!((after - top).abs() < 0.01, "{top} became {after}");
                }
            }
        }

        #[test]
        fn the_wheel_never_overshoots((view, scroll) in scrolled(), delta in -1e7f32..1e7) {
            let after = view.moved(scroll, delta);
            prop_assert_eq!(view.clamped(after).first, after.first);
            prop_assert!(after.into >= 0.0 && after.into <= view.row_height);
            let rows = view.visible(after);
            if view.fits() {
                prop_assert_eq!(after, RowScroll::default());
            } else if rows.end == view.count() {
                let foot = view.top_of(after, rows.end - 1) + view.row_height;
                prop_assert!(foot >= view.height - 0.1, "gap below the last row: {foot}");
            }
        }

        #[test]
        fn the_wheel_moves_by_what_it_says((view, scroll) in scrolled(), delta in -50.0f32..50.0) {
            prop_assume!(view.rows <= 1_000_000_000);
            let after = view.moved(scroll, delta);
            let fraction = view.fraction(after);
            if fraction > 0.0 && fraction < 1.0 {
                let top = view.top_of(after, scroll.first);
                prop_assert!((top + scroll.into + delta).abs() < 0.01);
            }
        }

        #[test]
        fn a_point_belongs_to_the_row_drawn_there((view, scroll) in scrolled(), at in 0.0..1.0f32) {
            let y = at * view.height;
            if let Some(row) = view.row_at(scroll, y) {
                let top = view.top_of(scroll, row);
                prop_assert!(top <= y + 0.01 && y <= top + view.row_height + 0.01);
                prop_assert!(view.visible(scroll).contains(&row));
            }
        }

        #[test]
        fn the_handle_stays_on_its_track((view, scroll) in scrolled(), track in 0.0f32..2000.0) {
            let handle = view.handle(track, 24.0);
            let top = view.fraction(scroll) as f32 * (track - handle);
            prop_assert!(top >= 0.0 && top + handle <= track + 0.01);
        }
    }

    #[test]
    fn rows_far_down_stand_still() {
        let view = RowView {
            rows: 1_000_000_000,
            row_height: 24.0,
            height: 600.0,
        };
        let scroll = view.revealing(RowScroll::default(), 999_999_999);
        assert_eq!(view.visible(scroll), 999_999_975..1_000_000_000);
        assert_eq!(view.top_of(scroll, 999_999_999), 576.0);
        let up = view.moved(scroll, -1.0);
        assert_eq!(view.top_of(up, 999_999_999), 577.0);
    }
}
