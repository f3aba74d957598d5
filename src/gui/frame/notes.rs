//! Notes to the user, in a strip of their own above the view until they are put away: at most three,
//! the rest behind a link. The view takes what is left, so that no note ever covers it.

use egui::{Frame, Margin, Ui, vec2};

use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Level, Model, Note};
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::{Link, Notice, Severity};

/// Notes shown at once.
const SHOWN: usize = 3;

/// Whether there is anything to tell.
pub(super) fn any(model: &Model) -> bool {
    let standing = model.cut_short().or_else(|| model.beyond());
    !model.notes.is_empty() || standing.is_some() || model.typed_note.is_some()
}

pub(super) fn show(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    ui.spacing_mut().item_spacing.y = 0.0;
    standing(ui, model, outbox);
    if model.notes.is_empty() {
        return;
    }
    let unfolded = ui.scope_id().with("all notes");
    let all = ui.data(|data| data.get_temp::<bool>(unfolded)) == Some(true);
    // The newest are nearest to what was just done.
    let hidden = if all {
        0
    } else {
        model.notes.len().saturating_sub(SHOWN)
    };
    for (at, note) in model.notes.iter().enumerate().skip(hidden) {
        strip(ui, |ui| one(ui, model, at, note, outbox));
    }
    if model.notes.len() > SHOWN {
        strip(ui, |ui| {
            let word = if all {
                "Show fewer".to_owned()
            } else {
                format!("{hidden} more")
            };
            ui.horizontal(|ui| {
                ui.add_space(sizes::ICON_NOTICE + sizes::GAP);
                let link = Link::new(&word).face(Face::DenseStrong);
                if ui.add(link).clicked() {
                    ui.data_mut(|data| data.insert_temp(unfolded, !all));
                }
            });
        });
    }
}

/// What holds for as long as it is so, and nobody can put away: that only a part of the store is
/// shown, or that the moment is one of which the store knows nothing yet.
fn standing(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    if let Some(sentence) = model.cut_short() {
        let short = model
            .session
            .as_ref()
            .and_then(|open| open.cut_short.as_ref());
        let trouble = short.and_then(|short| short.trouble.as_deref());
        let severity = match trouble {
            None => Severity::Warning,
            Some(_) => Severity::Error,
        };
        strip(ui, |ui| {
            let mut notice = Notice::new(severity, &sentence).action("Read on");
            if let Some(trouble) = trouble {
                notice = notice.detail(trouble);
            }
            if notice.show(ui).action.is_some() {
                outbox.send(Command::ReadOn);
            }
        });
    }
    for sentence in model.typed_note.iter().cloned().chain(model.beyond()) {
        strip(ui, |ui| {
            Notice::new(Severity::Info, &sentence).show(ui);
        });
    }
}

/// The ground of a note, with a line under it.
fn strip(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let t = ui.tokens();
    let response = Frame::new()
        .fill(t.panel)
        .inner_margin(Margin::symmetric(sizes::PAD_TEXT as i8, 6))
        .show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            content(ui);
        })
        .response;
    let rect = response.rect;
    ui.painter()
        .hline(rect.x_range(), rect.bottom() - 0.5, (1.0, t.border));
    ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
}

fn one(ui: &mut Ui, model: &Model, at: usize, note: &Note, outbox: &mut Outbox) {
    let severity = match note.level {
        Level::Info => Severity::Info,
        Level::Warning => Severity::Warning,
        Level::Error => Severity::Error,
    };
    ui.push_id(at, |ui| {
        let mut notice = Notice::new(severity, &note.sentence);
        let mappable =
            (model.unread.as_ref()).is_some_and(|unread| unread.message == note.sentence);
        if mappable {
            notice = notice.action("Choose its columns…");
        }
        notice = notice.action("Dismiss");
        if let Some(detail) = &note.detail {
            notice = notice.detail(detail);
        }
        match notice.show(ui).action {
            Some(0) if mappable => outbox.send(Command::CorrectMapping(0)),
            Some(_) => outbox.send(Command::DismissNote(at)),
            None => {}
        }
    });
}
