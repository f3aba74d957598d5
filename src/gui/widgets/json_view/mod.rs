//! JSON and other text of an event, coloured, one member a line. Only lines in sight are laid out.

mod text;

use egui::text::{LayoutJob, TextFormat};
use egui::{Align2, Color32, Painter, Rect, Response, Ui};

use super::line::paint_galley;
use super::virtual_rows::VirtualRows;
use crate::gui::theme::{Face, Tokens, TokensExt, sizes};

pub use text::{JsonText, Span, SpanKind};

/// Shows a [`JsonText`]. It is as high as its lines, or scrolls by itself from `max_height` on.
#[derive(Clone, Copy, Debug)]
#[must_use = "call show"]
pub struct JsonView<'a> {
    name: &'a str,
    text: &'a JsonText,
    max_height: Option<f32>,
    future: Option<()>,
}

impl<'a> JsonView<'a> {
    /// `name` says what text it is ("Payload"), for assistive technology.
    pub fn new(name: &'a str, text: &'a JsonText) -> Self {
        Self {
            name,
            text,
            max_height: None,
            future: None,
        }
    }

    /// The height from which on it scrolls by itself.
    pub fn max_height(mut self, height: f32) -> Self {
        self.max_height = Some(height);
        self
    }

    /// All in the colour of what comes after the cursor.
    pub fn future(mut self) -> Self {
        self.future = Some(());
        self
    }

    /// Shows the lines over the available width.
    pub fn show(self, ui: &mut Ui) -> Response {
        let t = ui.tokens();
        let mut rows = VirtualRows::new(self.name, self.text.lines() as u64, sizes::ROW_CODE);
        if let Some(height) = self.max_height {
            rows = rows.max_height(height);
        }
        rows.show(ui, |painter, row, rect| {
            let job = self.line(t, row as usize);
            let galley = lay(painter, job, rect);
            paint_galley(painter, rect, Align2::LEFT_CENTER, galley, t.key);
        })
    }

    fn line(&self, t: &Tokens, line: usize) -> LayoutJob {
        let (spans, left_out) = self.text.spans(line);
        let format = |colour: Color32| TextFormat::simple(Face::Code.font(), colour);
        let mut job = LayoutJob::default();
        job.append(
            &"  ".repeat(self.text.depth(line).min(64)),
            0.0,
            format(t.punct),
        );
        for span in spans {
            let colour = if self.future.is_some() {
                t.future
            } else {
                colour_of(t, span.kind)
            };
            job.append(span.text, 0.0, format(colour));
        }
        if left_out > 0 {
            job.append(&format!("… {left_out} bytes more"), 6.0, format(t.text3));
        }
        job
    }
}

fn lay(painter: &Painter, mut job: LayoutJob, rect: Rect) -> std::sync::Arc<egui::Galley> {
    job.break_on_newline = false;
    job.wrap = egui::text::TextWrapping::truncate_at_width(rect.width().max(0.0));
    painter.layout_job(job)
}

fn colour_of(t: &Tokens, kind: SpanKind) -> Color32 {
    match kind {
        SpanKind::Key | SpanKind::Plain => t.key,
        SpanKind::String => t.string,
        SpanKind::Number => t.number,
        SpanKind::Keyword => t.keyword,
        SpanKind::Punct => t.punct,
    }
}
