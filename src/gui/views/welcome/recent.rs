//! The stores opened lately.

use egui::{Align, Align2, Layout, Rect, Ui, pos2, vec2};

use super::cards::{card, clickable, row};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, icons};
use crate::gui::widgets::{Link, paint_line};
use crate::model::Timestamp;
use crate::model::time::{Style, Zone};
use crate::render::grouped;
use crate::workspace::RecentFile;

/// Files listed; the palette and the menu know the rest.
const LISTED: usize = 6;

pub(super) fn show(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    let files = model.settings.recent.files();
    let clear = |ui: &mut Ui, outbox: &mut Outbox| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let link = Link::new("Clear").face(Face::Secondary);
            if !files.is_empty() && ui.add(link).clicked() {
                outbox.send(Command::ClearRecent);
            }
        });
    };
    let mut opened = None;
    card(
        ui,
        "Recent",
        |ui| clear(ui, outbox),
        |ui| {
            if files.is_empty() {
                let rect = row(ui, 44.0);
                let inner = rect.shrink2(vec2(16.0, 0.0));
                let words = "Stores that you open are listed here; try one of the samples";
                paint_line(
                    ui.painter(),
                    inner,
                    Align2::LEFT_CENTER,
                    words,
                    Face::Dense,
                    ui.tokens().text2,
                );
            }
            for file in files.iter().take(LISTED) {
                if one(ui, model, file) {
                    opened = Some(file.path.path().to_owned());
                }
            }
        },
    );
    if let Some(path) = opened {
        outbox.send(Command::Open(path));
    }
}

fn one(ui: &mut Ui, model: &Model, file: &RecentFile) -> bool {
    let t = ui.tokens();
    let path = file.path.path();
    let name = path.file_name().unwrap_or(path.as_os_str());
    let name = name.to_string_lossy();
    let (rect, response) = clickable(ui, 44.0, &format!("Open recent {name}"));
    let icon = Rect::from_center_size(pos2(rect.left() + 24.0, rect.center().y), vec2(16.0, 16.0));
    icons::paint(ui.painter(), icon, Icon::File, t.text2);
    let inner = Rect::from_min_max(
        pos2(rect.left() + 44.0, rect.top() + 6.0),
        pos2(rect.right() - 16.0, rect.bottom() - 6.0),
    );
    let (above, below) = inner.split_top_bottom_at_fraction(0.5);
    let when = when(file.opened_at, model.now, model.zone());
    let right = Align2::RIGHT_CENTER;
    let painter = ui.painter();
    let used = paint_line(painter, above, right, &when, Face::Secondary, t.text);
    let at = match &file.cursor {
        Some(cursor) => format!("as of {cursor}"),
        None => "at head".to_owned(),
    };
    let stood = paint_line(painter, below, right, &at, Face::Secondary, t.text2);
    let left = Align2::LEFT_CENTER;
    let above = above.with_max_x(used.left() - 12.0);
    paint_line(painter, above, left, &name, Face::BodyStrong, t.text);
    let folder = path.parent().and_then(|folder| folder.file_name());
    let folder = folder.map(|folder| format!("in {}, ", folder.to_string_lossy()));
    let events = match file.events {
        1 => "1 event".to_owned(),
        events => format!("{} events", grouped(events)),
    };
    let words = format!("{}{events}, {}", folder.unwrap_or_default(), file.kind);
    let below = below.with_max_x(stood.left() - 12.0);
    paint_line(painter, below, left, &words, Face::Secondary, t.text2);
    response.on_hover_text(path.display().to_string()).clicked()
}

/// A moment of lately as people say it: `today 09:12`, `yesterday 17:40`, `11-28`, `2023-11-28`.
fn when(moment: Timestamp, now: Timestamp, zone: Zone) -> String {
    let date = |moment| zone.format_bare(moment, Style::Date);
    let clock: String = zone
        .format_bare(moment, Style::Clock)
        .chars()
        .take(5)
        .collect();
    let yesterday = now.saturating_sub(crate::model::time::Span::from_secs(86_400));
    let day = date(moment);
    if day == date(now) {
        format!("today {clock}")
    } else if day == date(yesterday) {
        format!("yesterday {clock}")
    } else if day.get(..4) == date(now).get(..4) {
        day.get(5..).unwrap_or(&day).to_owned()
    } else {
        day
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lately_is_said_in_words() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2024-03-01T10:00:00Z");
        let say = |text| when(at(text), now, Zone::Utc);
        assert_eq!(say("2024-03-01T09:12:59Z"), "today 09:12");
        assert_eq!(say("2024-02-29T17:40:00Z"), "yesterday 17:40");
        assert_eq!(say("2024-01-21T17:40:00Z"), "01-21");
        assert_eq!(say("2023-11-21T17:40:00Z"), "2023-11-21");
    }
}
