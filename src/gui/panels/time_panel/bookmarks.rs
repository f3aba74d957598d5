//! Bookmarks over the lanes: a flag with its name and a dashed line.

use egui::{
    Align2, Key, Modifiers, Rect, Response, Role, Sense, Shape, Ui, WidgetInfo, pos2, vec2,
};

use super::Scene;
use crate::analysis::density::Scale;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, faded, icons};
use crate::gui::widgets::{context_menu, focus_ring, menu_item, one_line};
use crate::log::Bound;
use crate::model::time::{Edge, InputContext, Moment, input};

/// Side of a flag.
const FLAG: f32 = 12.0;

/// A bookmark that can be seen.
struct Seen<'a> {
    at: usize,
    name: &'a str,
    moment: &'a str,
    bound: Bound,
    value: i64,
    x: f32,
}

/// Draws the bookmarks. A click goes to one.
pub(super) fn show(ui: &mut Ui, scene: &Scene<'_>, ends: Option<(i64, i64)>, outbox: &mut Outbox) {
    let mut seen: Vec<Seen<'_>> = seen(scene, ends);
    seen.sort_by(|a, b| a.x.total_cmp(&b.x));
    let tokens = ui.tokens();
    let row = scene.geometry.flags.shrink2(vec2(0.0, 2.0));
    for (n, bookmark) in seen.iter().enumerate() {
        let known = bookmark.value <= scene.view.cursor;
        let (mark, ink) = if known {
            (tokens.text2, tokens.text2)
        } else {
            (faded(tokens.text2), tokens.future)
        };
        let next = seen.get(n + 1).map_or(row.right(), |next| next.x);
        let words = row
            .with_min_x(bookmark.x + FLAG + 2.0)
            .with_max_x(next - 6.0);
        let galley = one_line(
            ui.painter(),
            bookmark.name,
            Face::Secondary,
            ink,
            words.width(),
        );
        let width = if words.width() > 16.0 {
            galley.size().x + 2.0
        } else {
            0.0
        };
        let rect = row
            .with_min_x(bookmark.x)
            .with_max_x(bookmark.x + FLAG + width);
        let id = ui.scope_id().with(("bookmark", bookmark.at));
        let response = ui.interact(rect, id, Sense::click());
        let name = format!("Bookmark {}", bookmark.name);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name.clone()));
        let painter = ui.painter();
        if response.hovered() {
            painter.rect_filled(rect, 2.0, tokens.hover);
        }
        let line = [
            pos2(bookmark.x, row.bottom()),
            pos2(bookmark.x, scene.geometry.lanes.bottom()),
        ];
        painter.extend(Shape::dashed_line(&line, (1.0, mark), 2.0, 3.0));
        let centre = pos2(bookmark.x + FLAG / 2.0 - 1.0, row.center().y);
        icons::paint(
            painter,
            Rect::from_center_size(centre, vec2(FLAG, FLAG)),
            Icon::Flag,
            mark,
        );
        if width > 0.0 {
            let place = Align2::LEFT_CENTER.align_size_within_rect(galley.size(), words);
            painter.galley(place.min.round(), galley, ink);
        }
        if response.clicked() {
            outbox.send(Command::MoveTo(bookmark.bound));
        }
        focus_ring(ui, &response);
        keys(ui, &response, bookmark.at, outbox);
        context_menu(&response, |ui| {
            if menu_item(ui, "Rename…").clicked() {
                outbox.send(Command::AskNameOfBookmark(bookmark.at));
            }
            if menu_item(ui, "Copy moment").clicked() {
                outbox.send(Command::Copy(bookmark.moment.to_owned()));
            }
            if menu_item(ui, "Remove bookmark").clicked() {
                outbox.send(Command::RemoveBookmark(bookmark.at));
            }
        });
        response.on_hover_text(format!("{}\n{}", bookmark.name, bookmark.moment));
    }
}

/// What keys do to the bookmark that has the keyboard.
fn keys(ui: &Ui, response: &Response, at: usize, outbox: &mut Outbox) {
    if !response.has_focus() {
        return;
    }
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::F2) {
        outbox.send(Command::AskNameOfBookmark(at));
    }
    if pressed(Key::Delete) {
        outbox.send(Command::RemoveBookmark(at));
    }
}

fn seen<'a>(scene: &Scene<'a>, ends: Option<(i64, i64)>) -> Vec<Seen<'a>> {
    let model = scene.model;
    let bookmarks = model.store.bookmarks.iter().enumerate();
    let seen = bookmarks.filter_map(|(at, bookmark)| {
        let (bound, value) = find(model, scene.view.scale, &bookmark.moment, ends?)?;
        scene.axis.contains(value).then(|| Seen {
            at,
            name: &bookmark.name,
            moment: &bookmark.moment,
            bound,
            value,
            x: scene.x(value).round(),
        })
    });
    seen.collect()
}

/// Where a bookmark's moment is in this store.
fn find(model: &Model, scale: Scale, moment: &str, ends: (i64, i64)) -> Option<(Bound, i64)> {
    let log = model.log()?;
    let context = InputContext {
        now: model.now,
        head: log.head_time(model.clock()),
        cursor: None,
        zone: model.zone(),
        edge: Edge::End,
    };
    match input::parse(moment, &context).ok()?.moment {
        Moment::Time(time) if scale != Scale::Order => Some((Bound::Time(time), time.micros())),
        Moment::Position(position) => {
            let Ok(Bound::Event(event)) = log.at_position_name(&position) else {
                return None;
            };
            Some((Bound::Event(event), scale.value(log, event)?))
        }
        Moment::Head => Some((Bound::Head, ends.1)),
        Moment::Time(_) | Moment::Version(_) => None,
    }
}
