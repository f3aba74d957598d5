//! The help window: every command with its keys, every way to write a moment, what the mouse does.

use egui::{Align2, Margin, Rect, ScrollArea, Ui, pos2, vec2};

use super::{Stays, head, modal, room_for};
use crate::gui::command::{Command, Group, Listed};
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::{Keycap, paint_line};

/// What can be typed for a moment, and what it means.
const MOMENTS: [(&str, &str); 15] = [
    ("2024-12-31 23:59", "this minute in the chosen zone"),
    ("2024-12-31T23:59:00+01:00", "this moment in its own zone"),
    ("2024-12-31", "the end of this day"),
    ("31.12.2024  31 Dec 2024", "other ways to write a day"),
    ("2024-12  Dec 2024  2024", "the end of a month, of a year"),
    ("23:59", "on the day of the cursor"),
    ("11:59 pm  11pm", "the same, with am and pm"),
    ("yesterday 14:34", "by today’s clock"),
    ("2 hours ago", "before now, by today’s clock"),
    ("now", "by today’s clock"),
    ("-2h", "before the head; also -3d, -15min"),
    ("1735689540", "seconds, milliseconds… since 1970"),
    ("#1042", "a position of the log"),
    ("v7", "a version of the selected stream"),
    ("head", "the end of the log, and stay there"),
];

/// What keys do in a list, a table or a tree.
const LISTS: [(&str, &str); 6] = [
    ("Up, Down", "select the row before or after"),
    ("Page Up, Page Down", "a page of rows back or on"),
    ("Home, End", "the first row, the last row"),
    ("Enter", "goes to the state or opens the row"),
    ("Menu, Shift+F10", "what can be done with the row"),
    ("Tab, Shift+Tab", "to the next part, to the one before"),
];

/// What the mouse does beyond clicking on what looks like it.
const GESTURES: [(&str, &str); 10] = [
    ("Wheel over the plot", "zooms around the pointer"),
    ("Shift and wheel", "pans, also with the middle button"),
    ("Drag in the plot", "takes the cursor along"),
    ("Drag in the strip", "moves what can be seen"),
    ("Double-click a mark", "goes to the event"),
    ("Double-click a row", "goes to the state it made"),
    ("Secondary button", "has more for rows, lanes, bookmarks"),
    ("Ctrl-click in the rail", "opens a view beside the others"),
    ("Drag an edge", "resizes; a double click undoes it"),
    ("Thumb buttons", "go back and forward"),
];

const ROW: f32 = 26.0;
const WIDTH: f32 = 860.0;

pub(super) fn show(ui: &Ui) -> Stays {
    modal(ui, "Help", WIDTH, |ui| {
        let note = "Ctrl+K finds all of these by name";
        let stays = head(ui, "Keyboard shortcuts", note);
        let height = room_for(ui, 48.0);
        ScrollArea::vertical()
            .max_height(height)
            .auto_shrink([false, true])
            .show(ui, |ui| {
                let margin = Margin::symmetric(16, 8);
                egui::Frame::new().inner_margin(margin).show(ui, columns);
            });
        stays
    })
}

fn columns(ui: &mut Ui) {
    ui.spacing_mut().item_spacing.x = 32.0;
    ui.columns(2, |columns| {
        let [left, right] = columns else { return };
        for group in [Group::View, Group::Time] {
            commands(left, group);
        }
        title(left, "Writing a moment");
        for (text, meaning) in MOMENTS {
            moment(left, text, meaning);
        }
        for group in [Group::Store, Group::Answer, Group::Window] {
            commands(right, group);
        }
        title(right, "In lists");
        for (keys, meaning) in LISTS {
            moment(right, keys, meaning);
        }
        title(right, "With the mouse");
        for (gesture, meaning) in GESTURES {
            moment(right, gesture, meaning);
        }
    });
}

fn title(ui: &mut Ui, name: &str) {
    ui.add_space(8.0);
    ui.label(Face::Title.text(name, ui.tokens().text));
    ui.add_space(4.0);
}

fn commands(ui: &mut Ui, group: Group) {
    title(ui, group.name());
    let listed = Command::listed()
        .iter()
        .filter(|listed| listed.group == group);
    listed.for_each(|listed| command(ui, listed));
}

fn command(ui: &mut Ui, listed: &Listed) {
    let rect = row(ui);
    let name = egui::UiBuilder::new()
        .id_salt(&*listed.title)
        .max_rect(rect)
        .layout(egui::Layout::left_to_right(egui::Align::Center));
    let text = Face::Dense.text(&*listed.title, ui.tokens().text);
    ui.new_child(name)
        .add(egui::Label::new(text).truncate().selectable(false));
    if let Some(keys) = listed.keys_text(ui.ctx()) {
        let caps = egui::UiBuilder::new()
            .id_salt((&*listed.title, "keys"))
            .max_rect(rect)
            .layout(egui::Layout::right_to_left(egui::Align::Center));
        ui.new_child(caps).add(Keycap::new(&keys));
    }
}

fn moment(ui: &mut Ui, text: &str, meaning: &str) {
    let t = ui.tokens();
    let rect = row(ui);
    let split = rect.left() + 190.0;
    let left = rect.with_max_x(split - 8.0);
    let right = Rect::from_min_max(pos2(split, rect.top()), rect.max);
    let painter = ui.painter();
    paint_line(painter, left, Align2::LEFT_CENTER, text, Face::Code, t.text);
    paint_line(
        painter,
        right,
        Align2::LEFT_CENTER,
        meaning,
        Face::Dense,
        t.text2,
    );
    let response = ui.interact(rect, ui.scope_id().with(text), egui::Sense::hover());
    response.widget_info(|| {
        let words = format!("{text}: {meaning}");
        egui::WidgetInfo::labeled(egui::Role::Label, true, words)
    });
}

/// A row's room, with a line under it.
fn row(ui: &mut Ui) -> Rect {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), ROW.max(sizes::ROW_TABLE)));
    let line = (1.0, ui.tokens().border);
    ui.painter()
        .hline(rect.x_range(), rect.bottom() - 0.5, line);
    rect
}

#[cfg(test)]
mod tests {
    use super::MOMENTS;
    use crate::model::Timestamp;
    use crate::model::time::{Edge, InputContext, Zone, input};

    #[test]
    fn every_way_to_write_a_moment_is_one() {
        let now = Timestamp::from_micros(1_735_732_800_000_000);
        let context = InputContext {
            now,
            head: Some(now),
            cursor: Some(now),
            zone: Zone::Utc,
            edge: Edge::End,
        };
        let ways = MOMENTS.iter().flat_map(|(text, _)| text.split("  "));
        for way in ways {
            let read = input::parse(way, &context);
            assert!(read.is_ok(), "{way}: {read:?}");
        }
    }
}
