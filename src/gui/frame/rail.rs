//! The views, one below the other.

use egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::analysis::lag::Status;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, View};
use crate::gui::theme::{Face, Icon, TokensExt, icons, sizes};
use crate::gui::widgets::{IconButton, context_menu, focus_ring, menu_item, one_line};
use crate::store::SideRows;

/// Rows beside the events that are read also while nobody looks at them.
const LITTLE: u64 = 100_000;

pub(super) fn show(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    let tokens = ui.tokens();
    let all = ui.max_rect();
    ui.painter().rect_filled(all, 0.0, tokens.panel);
    ui.painter()
        .vline(all.right() - 0.5, all.y_range(), (1.0, tokens.border));
    let in_trouble = in_trouble(model, outbox);
    let side = sizes::BUTTON;
    let foot = side + 16.0;
    // All of them and what stands below have to be seen, also in a low window.
    let height = ((all.height() - foot) / View::ALL.len() as f32).floor();
    let height = height.clamp(sizes::RAIL_ITEM_LEAST, sizes::RAIL_ITEM);
    for (n, view) in View::ALL.into_iter().enumerate() {
        let top = all.top() + n as f32 * height;
        let rect = Rect::from_min_size(pos2(all.left(), top), vec2(sizes::RAIL, height));
        if let Some(command) = item(ui, rect, view, model.view) {
            outbox.send(command);
        }
        if let (View::Lag, Some(count)) = (view, in_trouble) {
            badge(ui, rect, count);
        }
    }
    let bottom = Rect::from_min_size(
        pos2(all.left() + 6.0, all.bottom() - side - 8.0),
        vec2(sizes::RAIL - 12.0, side),
    );
    ui.scope_builder(egui::UiBuilder::new().max_rect(bottom), |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            if ui
                .add(IconButton::new(Icon::Help, "Keyboard shortcuts").shortcut("F1"))
                .clicked()
            {
                outbox.send(Command::Help);
            }
            if ui
                .add(IconButton::new(Icon::Settings, "Settings").shortcut("Ctrl+,"))
                .clicked()
            {
                outbox.send(Command::Settings);
            }
        });
    });
}

/// How many consumers are stalled or stopped at the cursor, where that is known of this very moment. It is
/// asked where finding out costs little; where much stands beside the events, the Lag view asks.
fn in_trouble(model: &Model, outbox: &mut Outbox) -> Option<usize> {
    let session = model.session.as_ref()?;
    let question = model.ask_lag(session.watched.as_ref()?);
    let rows = session.opened.sides.iter().filter_map(|(_, rows)| *rows);
    let rows = rows.map(|rows| match rows {
        SideRows::Exactly(count) | SideRows::AtLeast(count) => count,
    });
    let rows: u64 = rows.sum();
    if rows == 0 {
        return None;
    }
    let report = model.answers.lag.of(&question);
    let count = report.map(|report| {
        let consumers = report.consumers.iter();
        let bad = [Some(Status::Stalled), Some(Status::Stopped)];
        consumers.filter(|own| bad.contains(&own.status)).count()
    });
    if rows <= LITTLE {
        outbox.ask(|answers| &mut answers.lag, question);
    }
    count.filter(|count| *count > 0)
}

/// A count at the icon of a view.
fn badge(ui: &Ui, rect: Rect, count: usize) {
    let t = ui.tokens();
    let painter = ui.painter();
    let words = count.to_string();
    let galley = one_line(painter, &words, Face::Tiny, t.error, 40.0);
    let size = vec2((galley.size().x + 8.0).max(16.0), 16.0);
    let ground = Rect::from_center_size(rect.center() + vec2(17.0, -13.0), size);
    painter.rect_filled(ground, 8.0, t.error_bg);
    let ink = ground.center() - galley.size() / 2.0;
    painter.galley(ink.round(), galley, t.error);
}

fn item(ui: &mut Ui, rect: Rect, view: View, current: View) -> Option<Command> {
    let on = view == current;
    let tokens = ui.tokens();
    let response = ui.interact(
        rect,
        ui.scope_id().with(("rail", view.name())),
        Sense::click(),
    );
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, on, view.name()));
    let inner = rect.with_max_x(rect.right() - 1.0);
    if on {
        ui.painter().rect_filled(inner, 0.0, tokens.selection);
        ui.painter()
            .rect_filled(inner.with_max_x(inner.left() + 2.0), 0.0, tokens.accent);
    } else if response.hovered() {
        ui.painter().rect_filled(inner, 0.0, tokens.hover);
    }
    let colour = if on { tokens.text } else { tokens.text2 };
    let above = Rect::from_center_size(rect.center() - vec2(0.0, 9.0), vec2(18.0, 18.0));
    icons::paint(ui.painter(), above, view.icon(), colour);
    let below = rect.center() + vec2(0.0, 13.0);
    ui.painter().text(
        below,
        Align2::CENTER_CENTER,
        view.name(),
        Face::Secondary.font(),
        colour,
    );
    focus_ring(ui, &response);
    let mut asked = None;
    context_menu(&response, |ui| {
        if menu_item(ui, "Open beside").clicked() {
            asked = Some(Command::ShowBeside(view));
        }
    });
    let control = ui.input(|input| input.modifiers.command);
    if response.middle_clicked() || response.clicked() && control {
        asked = Some(Command::ShowBeside(view));
    } else if response.clicked() {
        asked = Some(Command::Show(view));
    }
    asked
}
