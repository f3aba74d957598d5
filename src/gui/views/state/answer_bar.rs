//! The answer in one sentence over the view, with its evidence as links and what can be done with it.

use egui::{
    Align, Align2, CursorIcon, Label, Layout, Popup, PopupCloseBehavior, Rect, Response, Role,
    Sense, Shape, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::chooser::{CompareChooser, FieldChooser};
use crate::analysis::replay::Part;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::{
    Button, IconButton, Link, menu_content, menu_item, one_line, paint_line,
};
use crate::worker::{Found, FoundState};

/// Width of the bar from which on its buttons have words, in points; below it the sentence has two lines.
const WORDS_FROM: f32 = 760.0;

/// Height of a line of the sentence, in points.
const LINE: f32 = 24.0;

/// The bar with the sentence.
#[derive(Default)]
pub(super) struct AnswerBar {
    fields: FieldChooser,
    compare: CompareChooser,
}

/// What the bar asks of the view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Wish {
    /// Nothing.
    #[default]
    None,
    /// A moment to compare with was chosen: show what differs.
    Difference,
}

impl AnswerBar {
    /// How high it is in so much room. By the width alone, so that nothing jumps while time moves.
    pub fn height(width: f32) -> f32 {
        sizes::ANSWER_BAR + LINE * (sentence_lines(width) - 1) as f32
    }

    /// Draws it over the whole of `ui`.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        stream: &str,
        found: Option<&FoundState>,
        outbox: &mut Outbox,
    ) -> Wish {
        let t = ui.tokens();
        let all = ui.max_rect();
        ui.painter().rect_filled(all, 0.0, t.panel);
        ui.painter()
            .hline(all.x_range(), all.max.y - 0.5, (1.0, t.border));
        let inner = all.shrink2(vec2(sizes::PAD_TEXT, 0.0));
        let builder = UiBuilder::new()
            .id_salt("actions")
            .max_rect(inner)
            .layout(Layout::right_to_left(Align::Center));
        let mut right = ui.new_child(builder);
        let wish = self.actions(&mut right, model, found, outbox);
        let room = inner.with_max_x((right.min_rect().min.x - sizes::GAP_GROUP).max(inner.min.x));
        let line = |top: f32, height: f32| {
            Rect::from_min_size(
                pos2(room.min.x, all.min.y + top),
                vec2(room.width(), height),
            )
        };
        let lines = sentence_lines(all.width());
        let sentence = line(13.0, LINE * lines as f32);
        let Some(found) = found else {
            paint_line(
                ui.painter(),
                line(13.0, LINE),
                Align2::LEFT_CENTER,
                &format!("{stream} …"),
                Face::AnswerStrong,
                t.text,
            );
            return wish;
        };
        self.headline(ui, (sentence, lines), model, found, outbox);
        details(ui, line(sentence.height() + 16.0, 20.0), found, outbox);
        wish
    }

    fn actions(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        found: Option<&FoundState>,
        outbox: &mut Outbox,
    ) -> Wish {
        ui.spacing_mut().item_spacing.x = sizes::GAP;
        // The answer is the point; where there is little room the buttons lose their words first.
        let icons = ui.max_rect().width() < WORDS_FROM;
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            let more = ui.add(IconButton::new(Icon::Down, "More ways to copy"));
            Popup::menu(&more).show(|ui| menu_content(ui, |ui| copy_menu(ui, outbox)));
            let copy = match icons {
                true => ui.add(IconButton::new(Icon::Copy, "Copy answer")),
                false => ui.add(Button::primary("Copy answer").icon(Icon::Copy)),
            };
            if copy.clicked() {
                outbox.send(Command::CopyAnswer);
            }
        });
        let export = match icons {
            true => ui.add(IconButton::new(Icon::Export, "Export")),
            false => ui.add(Button::secondary("Export").icon(Icon::Export)),
        };
        if export.clicked() {
            outbox.send(Command::Export);
        }
        let compare = match icons {
            true => ui
                .add(Button::ghost("…").name("Compare with…"))
                .on_hover_text("Compare with…"),
            false => ui.add(Button::ghost("Compare with…")),
        };
        if compare.clicked() {
            self.compare.reset();
        }
        let mut wish = Wish::None;
        Popup::from_toggle_button_response(&compare)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .gap(4.0)
            .frame(super::leaf::frame(ui))
            .accessible_name("Compare")
            .show(|ui| {
                let found = found.map(|found| &***found);
                if self.compare.show(ui, model, found, outbox) {
                    wish = Wish::Difference;
                }
            });
        wish
    }

    fn headline(
        &mut self,
        ui: &mut Ui,
        (all, lines): (Rect, usize),
        model: &Model,
        found: &FoundState,
        outbox: &mut Outbox,
    ) {
        let t = ui.tokens();
        let sentence: String = found.answer.headline.iter().map(Part::to_string).collect();
        let id = ui.scope_id().with("headline");
        let whole = ui.interact(all, id, Sense::hover());
        whole.widget_info(|| WidgetInfo::labeled(Role::Heading, true, &sentence));
        let space = ui.fonts_mut(|fonts| fonts.glyph_width(&Face::Answer.font(), ' '));
        let mut line = 1;
        let mut rect = all.with_max_y(all.min.y + LINE);
        let mut x = rect.min.x;
        let mut cut = false;
        for (at, part) in found.answer.headline.iter().enumerate() {
            let text = part.to_string();
            let (face, colour) = match part {
                Part::Stream(_) | Part::Value(_) => (Face::AnswerStrong, t.text),
                Part::Field { .. } => (Face::Answer, t.text),
                _ => (Face::Answer, t.text2),
            };
            // Blanks by hand: a galley may leave those at its ends out.
            let blanks = |rest: &str| space * (text.len() - rest.len()) as f32;
            x += blanks(text.trim_start());
            if text.trim().is_empty() {
                continue;
            }
            if cut {
                break;
            }
            let is_last = at + 1 == found.answer.headline.len();
            // A comma stays behind its word.
            let joins = matches!(part, Part::Words(_)) && text.trim().len() == 1;
            if line < lines && x > rect.min.x && !joins {
                let all = one_line(ui.painter(), text.trim(), face, colour, f32::INFINITY);
                if x + all.size().x > rect.max.x {
                    line += 1;
                    rect = rect.translate(vec2(0.0, LINE));
                    x = rect.min.x;
                }
            }
            let room = match joins && line < lines {
                true => f32::INFINITY,
                false => rect.max.x - x,
            };
            if room < 24.0 {
                cut = true;
                let left = rect.with_min_x(x);
                paint_line(ui.painter(), left, Align2::LEFT_CENTER, "…", face, t.text2);
                break;
            }
            // What follows has to have room for a sign that it was cut.
            let sign = if is_last || line < lines { 0.0 } else { 16.0 };
            let galley = one_line(ui.painter(), text.trim(), face, colour, room - sign);
            cut = galley.elided;
            let place =
                Rect::from_min_size(pos2(x, rect.min.y), vec2(galley.size().x, rect.height()));
            let top = (rect.center().y - galley.size().y / 2.0).round();
            ui.painter().galley(pos2(x.round(), top), galley, colour);
            x = place.max.x + blanks(text.trim_end());
            match part {
                Part::Stream(name) => {
                    let name = format!("Stream {name}");
                    if choice(ui, place, id.with(at), &name, "Choose another stream").clicked() {
                        outbox.send(Command::ChooseStream);
                    }
                }
                Part::Field { text, .. } => {
                    let name = format!("Field {text}");
                    let response = choice(ui, place, id.with(at), &name, "Choose another field");
                    self.field_popover(ui, &response, model, found, outbox);
                }
                _ => {}
            }
        }
        if cut {
            whole.on_hover_text(&sentence);
        }
    }

    fn field_popover(
        &mut self,
        ui: &Ui,
        response: &Response,
        model: &Model,
        found: &FoundState,
        outbox: &mut Outbox,
    ) {
        if response.clicked() {
            self.fields.reset();
        }
        Popup::from_toggle_button_response(response)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .gap(6.0)
            .frame(super::leaf::frame(ui))
            .accessible_name("Field of the answer")
            .show(|ui| self.fields.show(ui, model, found, outbox));
    }
}

/// In how many lines the sentence stands in a bar of this width.
fn sentence_lines(width: f32) -> usize {
    if width < WORDS_FROM { 2 } else { 1 }
}

/// A word of the sentence that can be exchanged: underlined with dashes.
fn choice(ui: &Ui, rect: Rect, id: egui::Id, name: &str, hint: &str) -> Response {
    let t = ui.tokens();
    let response = ui.interact(rect, id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    let lit = response.hovered() || response.has_focus();
    let colour = if lit { t.accent } else { t.text3 };
    let y = rect.max.y - 0.5;
    let ends = [pos2(rect.min.x, y), pos2(rect.max.x, y)];
    let dashes = Shape::dashed_line(&ends, Stroke::new(1.0, colour), 3.0, 3.0);
    ui.painter().extend(dashes);
    response
        .on_hover_cursor(CursorIcon::PointingHand)
        .on_hover_text(hint)
}

/// The second line: when and why. What each event's time is stands in its tooltip, so that the line
/// stays short.
fn details(ui: &mut Ui, rect: Rect, found: &Found, outbox: &mut Outbox) {
    let t = ui.tokens();
    let builder = UiBuilder::new()
        .id_salt("details")
        .max_rect(rect)
        .layout(Layout::left_to_right(Align::Center));
    let mut ui = ui.new_child(builder);
    ui.set_clip_rect(rect.intersect(ui.clip_rect()));
    ui.spacing_mut().item_spacing.x = 0.0;
    let mut clauses: Vec<&Vec<Part>> = found.answer.details.iter().collect();
    // Where there is no room for all, what came next matters more than a repetition.
    clauses.sort_by_key(|clause| repeats(clause));
    for (at, clause) in clauses.into_iter().enumerate() {
        if at > 0 {
            ui.label(Face::Dense.text("  ·  ", t.text3));
        }
        let time = clause.iter().find_map(|part| match part {
            Part::Time(time) => Some(time.as_str()),
            _ => None,
        });
        for part in clause {
            match part {
                Part::Words(words) if words == " on " && time.is_some() => {}
                Part::Time(_) => {}
                Part::Event { event, name, place } => {
                    let link = ui.add(Link::new(name).face(Face::Dense));
                    let hover = match time {
                        Some(time) => format!("{name} {place} on {time}"),
                        None => format!("{name} {place}"),
                    };
                    if link.on_hover_text(hover).clicked() {
                        outbox.send(Command::GoToEvent(*event));
                    }
                    words(&mut ui, &format!(" {}", version_only(place)));
                }
                Part::Moment(moment) => {
                    let text = Face::CodeStrong.text(moment, t.text);
                    ui.add(Label::new(text).truncate());
                }
                other => words(&mut ui, &other.to_string()),
            }
        }
    }
}

fn repeats(clause: &[Part]) -> bool {
    matches!(clause.first(), Some(Part::Words(words)) if words.starts_with("set again"))
}

/// `(v41)` of `(v41, #3192)`: the line is short, the tooltip has the rest.
fn version_only(place: &str) -> String {
    match place.split_once(", ") {
        Some((version, _)) => format!("{version})"),
        None => place.to_owned(),
    }
}

fn words(ui: &mut Ui, text: &str) {
    let colour = ui.tokens().text2;
    ui.add(Label::new(Face::Dense.text(text, colour)).truncate());
}

fn copy_menu(ui: &mut Ui, outbox: &mut Outbox) {
    ui.set_min_width(260.0);
    for (title, command) in [
        ("Answer as text", Command::CopyAnswer),
        (
            "Answer as Markdown with evidence",
            Command::CopyAnswerMarkdown,
        ),
        ("State as JSON", Command::CopyState),
        ("Command line of this view", Command::CopyAddress),
    ] {
        if menu_item(ui, title).clicked() {
            outbox.send(command);
        }
    }
}
