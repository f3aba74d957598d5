//! The snapshot bench: what each strategy of keeping states costs over the whole store.

use egui::Ui;

use super::page::{Scene, bar, say, trial};
use super::running::strategy_words;
use crate::analysis::projection::{JUMPS, SnapshotBench, StrategyCost};
use crate::gui::command::Outbox;
use crate::gui::theme::{Face, Icon, TokensExt};
use crate::gui::views::Standing;
use crate::gui::widgets::{Column, EmptyState, RowCells, TableState, VirtualTable};
use crate::gui::words;
use crate::render::{bytes, grouped};
use crate::worker::AskMeasured;

/// What the page keeps between frames.
#[derive(Default)]
pub(super) struct Measure {
    table: TableState,
    asked: Option<AskMeasured>,
    runs: u64,
}

impl Measure {
    /// Another definition is in front.
    pub fn forget(&mut self) {
        self.asked = None;
    }

    pub fn show(&mut self, ui: &mut Ui, scene: &Scene<'_>, outbox: &mut Outbox) {
        let slot = &scene.model.answers.measured;
        let events = words::counted(scene.session.log.len(), "event", "events");
        let mut begins = false;
        bar(
            ui,
            |ui| {
                say(
                    ui,
                    &format!(
                        "Over the whole store, {events}: once through, then {JUMPS} random jumps"
                    ),
                );
            },
            |ui| begins = trial(ui, (scene.model, slot), "Measure", outbox),
        );
        if begins {
            self.runs += 1;
            self.asked = Some(AskMeasured {
                subject: scene.session.subject(),
                clock: scene.model.clock(),
                written: scene.written.clone(),
                on_error: scene.settings.on_error,
                run: self.runs,
            });
        }
        let told = self.asked.as_ref().and_then(|question| {
            let asked = question.clone();
            outbox.ask(|answers| &mut answers.measured, asked);
            slot.of(question)
        });
        let standing = Standing::of(ui, slot);
        if self.asked.is_some() {
            standing.tell(ui, "The measurement", outbox);
        }
        match told {
            None => {
                let sentence = match &self.asked {
                    None => "Measure what each way of keeping states costs to build, hold and jump",
                    Some(_) => "The first strategy is being measured",
                };
                EmptyState::new(Icon::Projections, sentence).show(ui);
            }
            Some(Err(error)) => {
                EmptyState::new(Icon::Error, &error.to_string()).show(ui);
            }
            Some(Ok(bench)) => self.list(ui, bench),
        }
    }

    fn list(&mut self, ui: &mut Ui, bench: &SnapshotBench) {
        let columns = [
            Column::rest("Strategy", 160.0),
            Column::new("To build", 84.0).right(),
            Column::new("Checkpoints", 92.0).right(),
            Column::new("Memory", 84.0).right(),
            Column::new("Folded p99", 84.0).right(),
            Column::new("Jump p50", 84.0).right(),
            Column::new("Jump p99", 84.0).right(),
        ];
        let costs = &bench.strategies;
        let rows = (costs.len() + bench.to_come.len()) as u64;
        let table = VirtualTable::new("Snapshot bench", &mut self.table, &columns, rows);
        table.show(ui, |cells| {
            let at = cells.index() as usize;
            let cost = costs.get(at);
            let to_come = || bench.to_come.get(at - costs.len()).copied();
            if let Some(strategy) = cost.map(|cost| cost.strategy).or_else(to_come) {
                paint(cells, &strategy_words(strategy), cost);
            }
        });
    }
}

fn paint(cells: &mut RowCells<'_>, name: &str, cost: Option<&StrategyCost>) {
    let t = cells.painter().tokens();
    cells.text(0, Face::Dense, t.text, name);
    let Some(cost) = cost else {
        cells.text(1, Face::Dense, t.text3, "to come");
        cells.name(|| format!("{name} to come"));
        return;
    };
    let figures = [
        cost.build_ms.map(time).unwrap_or_default(),
        grouped(cost.snapshots),
        bytes(cost.bytes),
        grouped(cost.replayed.p99),
        cost.jump_ms
            .map(|spread| time(spread.p50))
            .unwrap_or_default(),
        cost.jump_ms
            .map(|spread| time(spread.p99))
            .unwrap_or_default(),
    ];
    for (at, figure) in figures.iter().enumerate() {
        cells.text(at + 1, Face::Cell, t.text, figure);
    }
    cells.name(|| format!("{name} {}", figures.join(" ")));
}

/// `1.2 s`, `14 ms`, `320 µs`.
fn time(millis: f64) -> String {
    let (value, unit) = match millis {
        1e3.. => (millis / 1e3, "s"),
        1.0.. => (millis, "ms"),
        _ => (millis * 1e3, "µs"),
    };
    match value {
        ..9.95 => format!("{value:.1} {unit}"),
        _ => format!("{value:.0} {unit}"),
    }
}
