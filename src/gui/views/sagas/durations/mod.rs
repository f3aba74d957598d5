//! How long sagas took, whole and step by step, by outcome and by variant; and how often steps failed or
//! were undone over time. Of the sagas that the list's filters leave.

mod curves;
mod rates;

use egui::{Color32, Frame, Label, Margin, Panel, Ui};

use super::look;
use crate::analysis::saga::{Durations, Spread};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, Tokens, TokensExt, sizes};
use crate::gui::widgets::{Column, EmptyState, Segments, TableState, VirtualTable, one_line};
use crate::model::time::Span;
use crate::render::grouped;

/// What is told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Page {
    #[default]
    Outcomes,
    Steps,
    Variants,
    Rates,
}

/// What the page keeps between frames.
#[derive(Default)]
pub(super) struct Pages {
    page: Page,
    table: TableState,
    /// The row that is looked at.
    row: usize,
}

/// Something that took its time, as a row and a curve.
struct Line<'a> {
    name: String,
    colour: Color32,
    spread: &'a Spread,
    /// Of a step: how many of its runs failed, and how many were undone.
    rate: Option<(u32, u32)>,
}

impl Pages {
    /// Draws the page over the room there is.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        (durations, moments): (Option<&Durations>, &[i64]),
    ) {
        let t = ui.tokens();
        let Some(durations) = durations else {
            EmptyState::new(Icon::Sagas, "No saga at the cursor is one of these").show(ui);
            return;
        };
        let before = self.page;
        let margin = Margin::symmetric(sizes::PAD as i8, 8);
        Frame::NONE.inner_margin(margin).show(ui, |ui| {
            let words = sentence(durations);
            let mut is_below = false;
            ui.horizontal(|ui| {
                Segments::new("Durations by", &mut self.page)
                    .option(Page::Outcomes, "Outcome")
                    .option(Page::Steps, "Step")
                    .option(Page::Variants, "Variant")
                    .option(Page::Rates, "Failures over time")
                    .show(ui);
                // Where it would be cut it has a line of its own.
                let face = Face::Secondary;
                let whole = one_line(ui.painter(), &words, face, t.text2, f32::INFINITY);
                is_below = whole.size().x > ui.available_width();
                if !is_below {
                    ui.add(Label::new(face.text(words.as_str(), t.text2)));
                }
            });
            if is_below {
                ui.add(Label::new(Face::Secondary.text(words, t.text2)));
            }
        });
        if before != self.page {
            self.row = 0;
            self.table.scroll_to_row(0);
        }
        if self.page == Page::Rates {
            return rates::show(ui, model, durations, moments);
        }
        let lines = match self.page {
            Page::Steps => steps(durations, t),
            Page::Variants => variants(durations, t),
            _ => outcomes(durations, t),
        };
        if lines.is_empty() {
            let sentence = match self.page {
                Page::Steps => "No step of these sagas has ended at the cursor",
                _ => "None of these sagas has ended at the cursor",
            };
            EmptyState::new(Icon::Sagas, sentence).show(ui);
            return;
        }
        self.row = self.row.min(lines.len() - 1);
        let rows = lines.len() as f32;
        let most = ui.available_height() * 0.5;
        let height = (sizes::TABLE_HEAD + sizes::ROW_TABLE * rows + 2.0).min(most);
        let panel = Panel::bottom("saga-durations")
            .exact_size(height)
            .resizable(false);
        panel
            .frame(Frame::NONE)
            .show(ui, |ui| self.table(ui, &lines));
        curves::show(ui, &lines, self.row);
    }

    fn table(&mut self, ui: &mut Ui, lines: &[Line<'_>]) {
        let rates = self.page == Page::Steps;
        let (what, count) = match self.page {
            Page::Steps => ("Step", "Runs"),
            Page::Variants => ("Variant", "Sagas"),
            _ => ("Outcome", "Sagas"),
        };
        let figure = |head: &str| Column::new(head, 66.0).right();
        let mut columns = vec![Column::rest(what, 150.0).named("what"), figure(count)];
        if rates {
            columns.extend([figure("Failed"), figure("Undone")]);
        }
        columns.extend(["p50", "p95", "Longest"].map(|head| Column::new(head, 88.0).right()));
        let rows = lines.len() as u64;
        let table = VirtualTable::new("Durations", &mut self.table, &columns, rows)
            .selected(Some(self.row as u64));
        let said = table.show(ui, |row| {
            let Some(line) = lines.get(row.index() as usize) else {
                return;
            };
            let t = row.painter().tokens();
            let Spread { wait, most, .. } = line.spread;
            row.name(|| format!("{}: {}", line.name, grouped(u64::from(wait.count))));
            row.dot_text(0, line.colour, Face::Dense, t.text, &line.name);
            row.text(1, Face::Cell, t.text, &grouped(u64::from(wait.count)));
            let mut at = 2;
            if let Some((failed, undone)) = line.rate.filter(|_| rates) {
                for count in [failed, undone] {
                    let ink = if count > 0 { t.text } else { t.text3 };
                    row.text(at, Face::Cell, ink, &share(count, wait.count));
                    at += 1;
                }
            }
            for micros in [wait.median, wait.p95, *most] {
                let words = Span::from_micros(micros).to_string();
                row.text(at, Face::Cell, t.text2, &words);
                at += 1;
            }
        });
        if let Some(row) = said.moved_to.or(said.clicked.map(|hit| hit.row)) {
            self.row = row as usize;
        }
    }
}

/// A share in a hundred.
fn share(count: u32, of: u32) -> String {
    match count {
        0 => "0 %".to_owned(),
        count => format!("{:.1} %", f64::from(count) * 100.0 / f64::from(of.max(1))),
    }
}

fn sentence(durations: &Durations) -> String {
    let all = grouped(u64::from(durations.instances));
    let name = &durations.process;
    match &durations.whole {
        Some(Spread { wait, .. }) => {
            let ended = grouped(u64::from(wait.count));
            let (half, most) = (Span::from_micros(wait.median), Span::from_micros(wait.p95));
            format!("{name}: {ended} of {all} ended, half within {half}, 95 in 100 within {most}")
        }
        None => format!("{name}: none of {all} has ended at the cursor"),
    }
}

fn outcomes<'a>(durations: &'a Durations, t: &Tokens) -> Vec<Line<'a>> {
    let whole = durations.whole.iter().map(|spread| Line {
        name: "All that ended".to_owned(),
        colour: t.text,
        spread,
        rate: None,
    });
    let by = durations.outcomes.iter().map(|(status, spread)| {
        let (tone, _, word) = look::status(*status);
        Line {
            name: word.to_owned(),
            colour: t.tone(tone),
            spread,
            rate: None,
        }
    });
    whole.chain(by).collect()
}

fn steps<'a>(durations: &'a Durations, t: &Tokens) -> Vec<Line<'a>> {
    let steps = durations.steps.iter().enumerate();
    let steps = steps.filter_map(|(at, step)| {
        Some(Line {
            name: match step.participant.as_str() {
                "" => step.name.clone(),
                who => format!("{}, {who}", step.name),
            },
            colour: t.category(at),
            spread: step.took.as_ref()?,
            rate: Some((step.all.failed, step.all.undone)),
        })
    });
    steps.collect()
}

fn variants<'a>(durations: &'a Durations, t: &Tokens) -> Vec<Line<'a>> {
    let variants = durations.variants.iter().enumerate();
    let variants = variants.map(|(at, (variant, spread))| Line {
        name: variant.steps.join(" › "),
        colour: t.category(at),
        spread,
        rate: None,
    });
    variants.collect()
}
