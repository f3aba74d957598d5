//! Bars of density: one mesh for a lane, whatever it counts.

use egui::{Color32, Mesh, Rect, Shape, pos2};

use crate::gui::theme::faded;

/// Width of a bar.
const WIDTH: f32 = 2.0;
/// Over the highest bar.
const AIR: f32 = 3.0;

/// Bars at the given left edges with the given counts, the highest for `peak`, faded right of the
/// cursor.
pub(super) fn mesh(
    bars: impl Iterator<Item = (f32, u32)>,
    peak: u32,
    lane: Rect,
    colour: Color32,
    cursor: f32,
) -> Shape {
    let mut mesh = Mesh::default();
    let after = faded(colour);
    for (x, count) in bars {
        let height = height(count, peak, lane.height() - AIR);
        if height == 0.0 || x < lane.left() - WIDTH || x > lane.right() {
            continue;
        }
        let left = x.round();
        let rect = Rect::from_min_max(
            pos2(left, lane.bottom() - height),
            pos2((left + WIDTH).min(lane.right()), lane.bottom()),
        );
        mesh.add_colored_rect(rect, if x >= cursor { after } else { colour });
    }
    Shape::mesh(mesh)
}

/// The square root, so that a peak does not hide the rest; whoever has one event can be seen.
fn height(count: u32, peak: u32, most: f32) -> f32 {
    if count == 0 {
        return 0.0;
    }
    let share = f64::from(count) / f64::from(peak.max(count));
    (share.sqrt() as f32 * most).round().max(1.0)
}

#[cfg(test)]
mod tests {
    use super::height;

    #[test]
    fn more_is_never_lower_and_one_can_be_seen() {
        let heights: Vec<f32> = (0..=1000).map(|count| height(count, 1000, 13.0)).collect();
        assert!(heights.is_sorted());
        assert_eq!((heights[0], heights[1], heights[1000]), (0.0, 1.0, 13.0));
        assert_eq!(height(5, 0, 13.0), 13.0);
    }
}
