//! The list of errors that consumers gave up for, with how many events each cost.

use egui::{Align2, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use crate::analysis::lag::{LagReport, LetterGroup};
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::{PaneHead, focus_ring, paint_line};
use crate::gui::words;
use crate::render::grouped;

/// Height of a row: error and consumer.
const ROW: f32 = 40.0;

/// Whose error which one is.
pub(super) type Key = (Option<String>, Option<String>);

pub(super) fn key(group: &LetterGroup) -> Key {
    (group.consumer.clone(), group.error.clone())
}

/// Draws the list; a click on the chosen one shows all again.
pub(super) fn show(ui: &mut Ui, report: &LagReport, chosen: &mut Option<Key>) {
    let groups = &report.dead_letters_by_error;
    let count = words::counted(groups.len(), "error", "errors");
    PaneHead::new("By error").secondary(&count).show(ui, |_| {});
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = ScrollArea::vertical().id_salt("errors").auto_shrink(false);
    area.show_rows(ui, ROW, groups.len(), |ui, rows| {
        for group in &groups[rows] {
            let own = key(group);
            if row(ui, group, chosen) == Clicked::Yes {
                *chosen = Some(own).filter(|own| chosen.as_ref() != Some(own));
            }
        }
    });
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Clicked {
    Yes,
    No,
}

fn row(ui: &mut Ui, group: &LetterGroup, chosen: &Option<Key>) -> Clicked {
    let on = *chosen == Some(key(group));
    let t = ui.tokens();
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let id = ui.scope_id().with(("error", &group.consumer, &group.error));
    let response = ui.interact(rect, id, Sense::click());
    let error = group.error.as_deref().unwrap_or("no error is held");
    let consumer = group.consumer.as_deref().unwrap_or("whose is not held");
    let count = grouped(group.count);
    response.widget_info(|| {
        let name = format!("{error}, {consumer}, {count}");
        WidgetInfo::selected(Role::RadioButton, true, on, &name)
    });
    if on {
        ui.painter().rect_filled(rect, 0.0, t.selection);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 0.0, t.hover);
    }
    let inner = rect.shrink2(vec2(sizes::PAD, 3.0));
    let painter = ui.painter();
    let ink = paint_line(
        painter,
        inner,
        Align2::RIGHT_TOP,
        &count,
        Face::Cell,
        t.text,
    );
    let first = inner.with_max_x(ink.min.x - sizes::GAP);
    paint_line(
        painter,
        first,
        Align2::LEFT_TOP,
        error,
        Face::Dense,
        t.error,
    );
    paint_line(
        painter,
        inner,
        Align2::LEFT_BOTTOM,
        consumer,
        Face::Secondary,
        t.text2,
    );
    painter.hline(rect.x_range(), rect.max.y - 0.5, (1.0, t.border));
    focus_ring(ui, &response);
    match response.clicked() {
        true => Clicked::Yes,
        false => Clicked::No,
    }
}
