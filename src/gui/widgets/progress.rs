//! Long work in the status bar: what, how far, how fast, and the way to call it off.

use egui::{Label, Response, Role, Sense, Ui, WidgetInfo, vec2};

use super::link::Link;
use crate::gui::theme::{Face, TokensExt, sizes};

/// One line: "Indexing 3,412,000 of 5,000,000 [bar] 4.1 M events/s Cancel". Lay it in a horizontal ui.
#[derive(Clone, Debug)]
#[must_use = "call show"]
pub struct ProgressLine<'a> {
    what: &'a str,
    count: Option<(String, Option<String>)>,
    part: Option<f32>,
    rate: Option<&'a str>,
    cancel: Option<&'a str>,
}

impl<'a> ProgressLine<'a> {
    /// Work of this name, of which nothing else is known yet.
    pub fn new(what: &'a str) -> Self {
        Self {
            what,
            count: None,
            part: None,
            rate: None,
            cancel: None,
        }
    }

    /// How far it is, already written ("3,412,000", "5,000,000"), and the part done, 0 to 1.
    pub fn count(mut self, done: impl Into<String>, total: impl Into<String>, part: f32) -> Self {
        self.count = Some((done.into(), Some(total.into())));
        self.part = Some(part.clamp(0.0, 1.0));
        self
    }

    /// How far it is while the whole is not known: no bar.
    pub fn done(mut self, done: impl Into<String>) -> Self {
        self.count = Some((done.into(), None));
        self
    }

    /// How fast it goes ("4.1 M events/s").
    pub fn rate(mut self, rate: &'a str) -> Self {
        self.rate = Some(rate);
        self
    }

    /// With a way to call it off.
    pub fn cancellable(mut self) -> Self {
        self.cancel = Some("Cancel");
        self
    }

    /// Shows the line; true when "Cancel" was clicked.
    pub fn show(self, ui: &mut Ui) -> bool {
        let t = ui.tokens();
        ui.label(Face::Secondary.text(self.what, t.text2));
        if let Some((done, total)) = &self.count {
            ui.label(Face::Cell.text(done, t.text));
            if let Some(total) = total {
                ui.label(Face::Secondary.text("of", t.text2));
                ui.label(Face::Cell.text(total, t.text2));
            }
        }
        if let Some(part) = self.part {
            bar(ui, self.what, part);
        }
        if let Some(rate) = self.rate {
            ui.add(Label::new(Face::Cell.text(rate, t.text2)));
        }
        self.cancel.is_some_and(|word| {
            ui.add(Link::new(word).face(Face::SecondaryStrong))
                .clicked()
        })
    }
}

fn bar(ui: &mut Ui, what: &str, part: f32) -> Response {
    let t = ui.tokens();
    let (rect, response) = ui.allocate_exact_size(vec2(120.0, 4.0), Sense::hover());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, what);
        info.value = Some(f64::from((part * 100.0).round()));
        info
    });
    ui.painter().rect_filled(rect, sizes::RADIUS_BAR, t.border);
    let done = rect.with_max_x(rect.min.x + rect.width() * part);
    ui.painter().rect_filled(done, sizes::RADIUS_BAR, t.accent);
    response
}
