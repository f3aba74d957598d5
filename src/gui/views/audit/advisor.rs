//! The page of advice: the field's decision tables, filled in with what the store shows as of the cursor,
//! and with what the user answers to what it cannot know.

use egui::{CentralPanel, Frame, Label, Margin, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use super::cells::{Cells, part};
use crate::analysis::advisor::{Answers, Decision, Question};
use crate::gui::command::Outbox;
use crate::gui::model::{Model, Session};
use crate::gui::theme::{Face, Icon, TokensExt, Tone, sizes};
use crate::gui::views::Standing;
use crate::gui::widgets::{
    EmptyState, PaneHead, Pill, Segments, Side, SidePane, columns, focus_ring, paint_line,
};
use crate::worker::{AskAdvice, SagasAt};

/// Room for the decisions, where nobody made another.
const LIST: f32 = 300.0;
/// Height of a decision in the list.
const ROW: f32 = 48.0;
/// Where the columns of a criterion begin.
const CRITERION: [f32; 3] = [0.0, 300.0, 620.0];
/// Height of a criterion: below it stands why it speaks for what it speaks for.
const TWO_LINES: f32 = 40.0;

/// The page.
#[derive(Debug, Default)]
pub(super) struct Advisor {
    chosen: usize,
    answers: Answers,
    width: Option<f32>,
}

impl Advisor {
    /// What was answered so far.
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    pub fn show(&mut self, ui: &mut Ui, model: &Model, session: &Session, outbox: &mut Outbox) {
        // The figures have to be of the same moment as what is added to them.
        let found = model.answers.audit.known();
        let found = found.filter(|(asked, _)| asked.cut == *model.cursor.cut());
        if let Some((_, found)) = found {
            let question = AskAdvice {
                at: SagasAt {
                    subject: session.subject(),
                    cut: *model.cursor.cut(),
                    definition: None,
                    stuck_after: None,
                },
                store: found.figures.clone(),
            };
            outbox.ask(|answers| &mut answers.advice, question);
        }
        let slot = &model.answers.advice;
        let standing = Standing::of(ui, slot);
        standing.tell(ui, "The advice", outbox);
        let Some(advice) = slot.get() else {
            EmptyState::new(Icon::Help, "The decision tables are being filled in").show(ui);
            return;
        };
        if model.answers.audit.is_pending() {
            Standing::of(ui, &model.answers.audit).fade(ui);
        } else {
            standing.fade(ui);
        }
        let room = ui.max_rect().width();
        let mut width = self.width;
        SidePane::new("decisions", Side::Left, &mut width, LIST)
            .range(220.0, (room - 420.0).max(220.0))
            .show(ui, |ui| self.list(ui, &advice.decisions));
        self.width = width;
        let Some(decision) = advice.decisions.get(self.chosen) else {
            return;
        };
        CentralPanel::no_frame().show(ui, |ui| {
            let area = ScrollArea::vertical().id_salt(("advice", decision.key));
            area.auto_shrink(false).show(ui, |ui| {
                let margin = Margin::same(sizes::PAD_TEXT as i8);
                Frame::NONE
                    .inner_margin(margin)
                    .show(ui, |ui| self.detail(ui, decision));
            });
        });
    }

    fn list(&mut self, ui: &mut Ui, decisions: &[Decision]) {
        let all: usize = decisions.iter().map(|own| own.questions.len()).sum();
        let answered = format!("{} of {all} questions answered", self.answers.len());
        PaneHead::new("Decisions")
            .secondary(&answered)
            .show(ui, |_| ());
        ui.spacing_mut().item_spacing.y = 0.0;
        let area = ScrollArea::vertical()
            .id_salt("decisions")
            .auto_shrink(false);
        area.show(ui, |ui| {
            for (at, decision) in decisions.iter().enumerate() {
                if row(ui, decision, &self.answers, decisions.get(self.chosen)) {
                    self.chosen = at;
                }
            }
        });
    }

    fn detail(&mut self, ui: &mut Ui, decision: &Decision) {
        let t = ui.tokens();
        ui.label(Face::TitleLarge.text(decision.title, t.text));
        let conclusion = decision.conclusion(&self.answers);
        ui.add(Label::new(Face::Body.text(conclusion, t.text)).wrap());
        ui.add_space(sizes::GAP);
        options(ui, decision, &self.answers);
        part(ui, "What the store shows", "");
        if decision.criteria.is_empty() {
            let words = "Nothing that speaks for one or the other.";
            ui.label(Face::Body.text(words, t.text2));
        } else {
            criteria(ui, decision);
        }
        part(
            ui,
            "What it cannot know",
            "An answer weighs as much as a figure.",
        );
        for question in decision.questions {
            self.question(ui, question);
        }
    }

    fn question(&mut self, ui: &mut Ui, question: &Question) {
        let t = ui.tokens();
        ui.add(Label::new(Face::Body.text(question.text, t.text)).wrap());
        let before = self.answers.to(question);
        let mut now = before;
        let mut segments = Segments::new(question.text, &mut now).option(None, "Not answered");
        for (at, (words, _)) in question.answers.iter().enumerate() {
            segments = segments.option(Some(at), words);
        }
        ui.push_id(question.key, |ui| segments.show(ui));
        if now != before {
            self.answers.answer(question, now);
        }
        ui.add_space(sizes::GAP);
    }
}

/// A decision, beside the chosen one; whether it was clicked.
fn row(ui: &mut Ui, decision: &Decision, answers: &Answers, chosen: Option<&Decision>) -> bool {
    let is_chosen = chosen.is_some_and(|own| own.key == decision.key);
    let t = ui.tokens();
    let size = vec2(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let name = decision.title;
    response.widget_info(|| WidgetInfo::selected(egui::Role::RadioButton, true, is_chosen, name));
    if is_chosen {
        ui.painter().rect_filled(rect, 0.0, t.selection);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 0.0, t.hover);
    }
    let inner = rect.shrink2(vec2(sizes::PAD, 6.0));
    let (upper, lower) = inner.split_top_bottom_at_fraction(0.5);
    let face = if is_chosen {
        Face::BodyStrong
    } else {
        Face::Body
    };
    let align = egui::Align2::LEFT_CENTER;
    let painter = ui.painter();
    paint_line(painter, upper, align, name, face, t.text);
    let open = decision
        .questions
        .iter()
        .filter(|own| answers.to(own).is_none())
        .count();
    let leaning = decision
        .leaning(answers)
        .map(|at| decision.options[at].name);
    let words = match (leaning, open) {
        (Some(option), _) => format!("leans to {}", lowered(option)),
        (None, 0) => "open".to_owned(),
        (None, 1) => "open, 1 question".to_owned(),
        (None, count) => format!("open, {count} questions"),
    };
    paint_line(painter, lower, align, &words, Face::Secondary, t.text2);
    focus_ring(ui, &response);
    response.clicked()
}

/// Within a sentence; an abbreviation keeps its capitals.
fn lowered(name: &str) -> String {
    let mut letters = name.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() || name.starts_with("A ") => {
            let rest: String = name.chars().skip(1).collect();
            format!("{}{rest}", first.to_lowercase())
        }
        _ => name.to_owned(),
    }
}

/// Between options.
const GUTTER: f32 = 24.0;

/// The options side by side, with how much speaks for each.
fn options(ui: &mut Ui, decision: &Decision, answers: &Answers) {
    let weights = decision.weights(answers);
    let leaning = decision.leaning(answers);
    columns(ui, decision.options.len(), GUTTER, |ui, at| {
        let option = &decision.options[at];
        let t = ui.tokens();
        ui.add(Label::new(Face::BodyStrong.text(option.name, t.text)).wrap());
        ui.horizontal_wrapped(|ui| {
            let points = match weights[at] {
                1 => "1 point".to_owned(),
                points => format!("{points} points"),
            };
            let tone = if leaning == Some(at) {
                Tone::Ok
            } else {
                Tone::Neutral
            };
            ui.add(Pill::word(tone, &points));
            if decision.in_use == Some(at) {
                ui.add(Pill::word(Tone::Info, "in use"));
            }
        });
        ui.label(Face::Secondary.text("When", t.text3));
        ui.add(Label::new(Face::Dense.text(option.when, t.text)).wrap());
        ui.label(Face::Secondary.text("Cost", t.text3));
        ui.add(Label::new(Face::Dense.text(option.cost, t.text2)).wrap());
    });
}

fn criteria(ui: &mut Ui, decision: &Decision) {
    Cells::heads(ui, &CRITERION, &["Looked at", "Here", "Speaks for"]);
    for own in &decision.criteria {
        let t = ui.tokens();
        let options = own.favours.iter().map(|at| decision.options[*at].name);
        let options: Vec<&str> = options.collect();
        let favours = match options.is_empty() {
            true => "for none".to_owned(),
            false => options.join(", "),
        };
        let name = format!("{}: {}, speaks for {favours}", own.about, own.shows);
        let row = Cells::tall(ui, &CRITERION, TWO_LINES, &name);
        let (upper, lower) = row.rect.split_top_bottom_at_fraction(0.5);
        let cells = row.within(upper);
        cells.text(ui, 0, own.about, (Face::Body, t.text));
        cells.text(ui, 1, &own.shows, (Face::Dense, t.text));
        let colour = if options.is_empty() { t.text2 } else { t.text };
        cells.text(ui, 2, &favours, (Face::DenseStrong, colour));
        let left = egui::Align2::LEFT_CENTER;
        paint_line(
            ui.painter(),
            lower,
            left,
            own.because,
            Face::Secondary,
            t.text2,
        );
        let line = row.rect.max.y - 0.5;
        ui.painter()
            .hline(row.rect.x_range(), line, (1.0, t.border));
    }
}
