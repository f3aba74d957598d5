//! What the bands of time are called, in one line: with what they hold where there is room, else without.

use egui::{Align2, Painter, Rect};

use super::scale::NAMES;
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::{one_line, paint_line};

/// Between a name and what it holds.
const NEAR: f32 = 5.0;

/// Paints the names from the left, and a note on the right: the longest of `notes` with which all are there.
pub(super) fn paint(painter: &Painter, rect: Rect, notes: [&str; 2]) {
    let t = painter.ctx().tokens();
    let width = |text: &str, face| {
        one_line(painter, text, face, t.text2, f32::INFINITY)
            .size()
            .x
    };
    let names = |with: With| -> f32 {
        let each = NAMES.iter().map(|(name, span)| {
            let span = match with {
                With::Spans => width(span, Face::Secondary) + NEAR,
                With::Nothing => 0.0,
            };
            width(name, Face::SecondaryStrong) + span + sizes::GAP_GROUP
        });
        each.sum()
    };
    let ways = [With::Spans, With::Nothing].into_iter();
    let mut ways = ways.flat_map(|with| notes.map(|note| (with, note)));
    let fits =
        |(with, note): &(With, &str)| names(*with) + width(note, Face::Secondary) <= rect.width();
    let (with, note) = ways.find(fits).unwrap_or((With::Nothing, ""));
    paint_line(
        painter,
        rect,
        Align2::RIGHT_CENTER,
        note,
        Face::Secondary,
        t.text3,
    );
    let mut room = rect;
    for (name, span) in NAMES {
        let face = Face::SecondaryStrong;
        let ink = paint_line(painter, room, Align2::LEFT_CENTER, name, face, t.text2);
        room.min.x = ink.max.x;
        if with == With::Spans {
            room.min.x += NEAR;
            let face = Face::Secondary;
            let ink = paint_line(painter, room, Align2::LEFT_CENTER, span, face, t.text3);
            room.min.x = ink.max.x;
        }
        room.min.x += sizes::GAP_GROUP;
    }
}

/// What stands beside a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum With {
    Spans,
    Nothing,
}
