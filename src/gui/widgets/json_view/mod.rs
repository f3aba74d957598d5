//! JSON and other text of an event, coloured, one member a line. Only lines in sight are laid out.

use egui::text::{LayoutJob, TextFormat};
use egui::{
    Align2, Color32, CursorIcon, Painter, Popup, PopupCloseBehavior, Rect, RectAlign, Response,
    Role, Sense, Ui, WidgetInfo,
};

use super::button::Button;
use super::control;
use super::line::paint_galley;
use super::long_text::LongText;
use super::virtual_rows::VirtualRows;
use crate::gui::theme::{Face, Icon, Tokens, TokensExt, Tone, sizes};
use crate::model::json::{JsonText, SpanKind};

/// Width of the popover with a whole line.
const WHOLE: f32 = 560.0;

/// What stands behind the number of bytes that are left out of a line.
const LEFT_OUT: &str = "bytes more";

/// Shows a [`JsonText`]. It is as high as its lines, or scrolls by itself from `max_height` on.
#[derive(Clone, Copy, Debug)]
#[must_use = "call show"]
pub struct JsonView<'a> {
    name: &'a str,
    text: &'a JsonText,
    max_height: Option<f32>,
    future: Option<()>,
    marked: Option<&'a str>,
}

impl<'a> JsonView<'a> {
    /// `name` says what text it is ("Payload"), for assistive technology.
    pub fn new(name: &'a str, text: &'a JsonText) -> Self {
        Self {
            name,
            text,
            max_height: None,
            future: None,
            marked: None,
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

    /// Marks the lines that hold this text, in whatever case.
    pub fn marked(mut self, text: Option<&'a str>) -> Self {
        self.marked = text.filter(|text| !text.is_empty());
        self
    }

    /// Shows the lines over the available width. One that is cut can be clicked to be read in whole.
    pub fn show(self, ui: &mut Ui) -> Response {
        let t = ui.tokens();
        let mut rows = VirtualRows::new(self.name, self.text.lines() as u64, sizes::ROW_CODE);
        if let Some(height) = self.max_height {
            rows = rows.max_height(height);
        }
        let marked = self.marked.map(str::to_lowercase);
        let mut cut = Vec::new();
        let response = rows.show(ui, |painter, row, rect| {
            let job = self.line(t, row as usize);
            let left_out = job.text.contains(LEFT_OUT);
            if let Some(marked) = &marked
                && job.text.to_lowercase().contains(marked)
            {
                painter.rect_filled(rect, sizes::RADIUS_BAR, t.tone_bg(Tone::Info));
            }
            let galley = lay(painter, job, rect);
            if galley.elided || left_out {
                cut.push((row as usize, rect));
            }
            paint_galley(painter, rect, Align2::LEFT_CENTER, galley, t.key);
        });
        for (row, rect) in cut {
            self.whole_line(ui, &response, row, rect);
        }
        response
    }

    /// Lets a line that is cut be opened, with all of it in a popover.
    fn whole_line(&self, ui: &Ui, list: &Response, row: usize, rect: Rect) {
        let id = list.id.with(("whole", row));
        let line = ui.interact(rect.intersect(list.rect), id, Sense::click());
        let name = format!("Read the whole of line {}", row + 1);
        line.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        control::focus_ring(ui, &line);
        if line.hovered() {
            let y = rect.max.y - 1.5;
            let colour = ui.tokens().text3;
            ui.painter().hline(rect.x_range(), y, (1.0, colour));
        }
        Popup::from_toggle_button_response(&line)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .align(RectAlign::BOTTOM_START)
            .gap(4.0)
            .frame(egui::Frame::popup(ui.style()).inner_margin(sizes::PAD))
            .accessible_name(&*name)
            .show(|ui| {
                ui.set_width(WHOLE.min(ui.content_rect().width() - 48.0));
                let text = self.text.line(row);
                LongText::new("Whole line", text).show(ui);
                ui.add_space(4.0);
                if ui
                    .add(Button::secondary("Copy").icon(Icon::Copy).small())
                    .clicked()
                {
                    ui.copy_text(text.to_owned());
                    ui.close();
                }
            });
        line.on_hover_cursor(CursorIcon::PointingHand)
            .on_hover_text("Click to read all of it");
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
            let more = format!("… {left_out} {LEFT_OUT}");
            job.append(&more, 6.0, format(t.text3));
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
