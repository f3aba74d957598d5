//! Below the matrix: each step with its verdicts, what differs between two versions, versions written side
//! by side, and what a registry says otherwise.

use egui::{Popup, Ui};

use super::Schema;
use super::matrix::{colours, said, tone};
use crate::analysis::schema::{
    Change, ChangeKind, Compatibility, Strategy, TypeSchema, Verdict, VersionSchema, changes,
    upcaster,
};
use crate::analysis::words::many;
use crate::gui::command::{Command, Outbox};
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::views::audit::cells::{Cells, part};
use crate::gui::widgets::{Button, Link, Pill, menu_content, menu_item};
use crate::gui::words;
use crate::log::Log;
use crate::model::PositionName;

/// Where the columns of a step begin.
const STEP: [f32; 5] = [0.0, 130.0, 240.0, 370.0, 480.0];
/// Where the columns of a change begin.
const CHANGE: [f32; 3] = [0.0, 90.0, 330.0];
/// Where the columns of a disagreement begin.
const REGISTRY: [f32; 4] = [0.0, 90.0, 330.0, 560.0];

impl Schema {
    /// Each step, and all before it; a click compares the two versions.
    pub(super) fn steps(&mut self, ui: &mut Ui, kind: &TypeSchema) {
        if kind.verdicts.is_empty() {
            part(
                ui,
                "Steps",
                "There is one version only, so nothing has to read anything else.",
            );
            return;
        }
        let sentence = format!(
            "Backward: readers of the new version read old events. Forward: readers of the old version read new events. Strategy seen: {}{}.",
            kind.strategy.name().trim_end_matches(" seen"),
            match kind.strategy {
                Strategy::None => ", so something has to bring old events up to date",
                _ => "",
            }
        );
        part(ui, "Steps", &sentence);
        Cells::heads(
            ui,
            &STEP,
            &["Step", "This step", "Against all before", "", "Changes"],
        );
        for (at, step) in kind.verdicts.iter().enumerate() {
            ui.push_id(("step", at), |ui| {
                let name = format!(
                    "v{} to v{}: {}, against all before {}",
                    step.from,
                    step.to,
                    step.verdict.name(),
                    step.transitive.name()
                );
                let cells = Cells::row(ui, &STEP, &name);
                let t = ui.tokens();
                let words = format!("v{} → v{}", step.from, step.to);
                cells.text(ui, 0, &words, (Face::CellStrong, t.text));
                cells.pill(ui, 1, tone(step.verdict), step.verdict.name());
                cells.pill(ui, 2, tone(step.transitive), step.transitive.name());
                cells.text(ui, 4, &brief(step), (Face::Secondary, t.text2));
                let mut child = ui.new_child(egui::UiBuilder::new().max_rect(cells.place(3)));
                let name = format!("Compare v{} and v{}", step.from, step.to);
                if child
                    .add(Button::ghost("Compare").small().name(&name))
                    .clicked()
                {
                    self.pair = Some((step.from.clone(), step.to.clone()));
                }
            });
        }
    }

    /// What differs between two versions.
    pub(super) fn difference(&mut self, ui: &mut Ui, kind: &TypeSchema, outbox: &mut Outbox) {
        let Some((from, to)) = self.versions(kind) else {
            return;
        };
        part(ui, "Difference", "");
        let found = changes(&from.fields, &to.fields);
        let verdict = Compatibility::of(&found);
        let mut pair = (from.version.clone(), to.version.clone());
        ui.horizontal(|ui| {
            choose(ui, "From version", kind, &mut pair.0);
            ui.label(Face::Body.text("to", ui.tokens().text2));
            choose(ui, "To version", kind, &mut pair.1);
            ui.add(Pill::word(tone(verdict), verdict.name()));
            let words = many(found.len() as u64, "change", "changes");
            let words = words.unwrap_or_else(|| "nothing differs".to_owned());
            ui.label(Face::Secondary.text(words, ui.tokens().text2));
            if ui
                .add(Button::ghost("Copy").small().name("Copy the difference"))
                .clicked()
            {
                outbox.send(Command::Copy(text(kind, &pair, verdict, &found)));
            }
            if verdict != Compatibility::Full {
                draft(ui, kind, [from, to], outbox);
            }
        });
        if pair != (from.version.clone(), to.version.clone()) {
            self.pair = Some(pair);
        }
        ui.add_space(4.0);
        for change in &found {
            row(ui, change);
        }
    }

    /// The two that are compared: those chosen, or the last step.
    fn versions<'s>(&self, kind: &'s TypeSchema) -> Option<(&'s VersionSchema, &'s VersionSchema)> {
        let [.., before, last] = &kind.versions[..] else {
            return None;
        };
        let named = |name: &String| kind.versions.iter().find(|own| own.version == *name);
        let chosen = self
            .pair
            .as_ref()
            .and_then(|(from, to)| Some((named(from)?, named(to)?)));
        Some(chosen.unwrap_or((before, last)))
    }
}

/// A button that copies what brings events of one version to another.
pub(super) fn draft(
    ui: &mut Ui,
    kind: &TypeSchema,
    [from, to]: [&VersionSchema; 2],
    outbox: &mut Outbox,
) {
    let hover = "Copies an upcaster for projections: JavaScript that makes payloads of the one version of those of the other, as far as events tell";
    let button = ui.add(Button::ghost("Draft the upcaster").small());
    if button.on_hover_text(hover).clicked() {
        outbox.send(Command::Copy(upcaster(&kind.name, from, to)));
    }
}

/// The first changes of a step, in a line.
fn brief(step: &Verdict) -> String {
    let all = step.changes.iter().map(|change| {
        let field = change.path.trim_start_matches('/');
        format!("{} {field}", change.kind.name().to_lowercase())
    });
    let all: Vec<String> = all.collect();
    match all.is_empty() {
        true => "nothing that decides".to_owned(),
        false => all.join(", "),
    }
}

/// A version to choose.
fn choose(ui: &mut Ui, name: &str, kind: &TypeSchema, chosen: &mut String) {
    let word = format!("v{chosen}");
    let name = format!("{name}: {word}");
    let button = ui.add(Button::secondary(&word).small().menu().name(&name));
    Popup::menu(&button).show(|ui| {
        let area = egui::ScrollArea::vertical().max_height(320.0);
        area.show(ui, |ui| {
            menu_content(ui, |ui| {
                for version in &kind.versions {
                    let word = format!("v{}", version.version);
                    if menu_item(ui, word).clicked() {
                        chosen.clone_from(&version.version);
                    }
                }
            });
        });
    });
}

fn row(ui: &mut Ui, change: &Change) {
    let t = ui.tokens();
    let words = said(change);
    let name = format!("{} {}: {words}", change.kind.name(), change.path);
    let cells = Cells::row(ui, &CHANGE, &name);
    let (ground, ink) = colours(ui, change.kind);
    let sign = match change.kind {
        ChangeKind::AddedRequired | ChangeKind::AddedOptional => "+",
        ChangeKind::RemovedRequired | ChangeKind::RemovedOptional => "−",
        _ => "~",
    };
    let tint = cells
        .rect
        .with_max_x(cells.place(0).right())
        .shrink2(egui::vec2(0.0, 2.0));
    ui.painter().rect_filled(tint, sizes::RADIUS, ground);
    let word = format!("  {sign} {}", change.kind.name());
    cells.text(ui, 0, &word, (Face::SecondaryStrong, ink));
    cells.text(ui, 1, &change.path, (Face::Code, t.text));
    cells.text(ui, 2, &words, (Face::Cell, t.text2));
}

/// The difference as text.
fn text(
    kind: &TypeSchema,
    (from, to): &(String, String),
    verdict: Compatibility,
    found: &[Change],
) -> String {
    let mut text = format!("{} v{from} to v{to}: {}\n", kind.name, verdict.name());
    for change in found {
        text.push_str(&format!(
            "{} {}: {}\n",
            change.kind.name(),
            change.path,
            said(change)
        ));
    }
    text
}

/// Versions written side by side.
pub(super) fn mixed(ui: &mut Ui, log: &Log, kind: &TypeSchema, outbox: &mut Outbox) {
    if kind.mixed.is_empty() {
        return;
    }
    part(
        ui,
        "Mixed versions",
        "An older version was still written after a newer one had begun.",
    );
    for own in &kind.mixed {
        ui.horizontal(|ui| {
            let t = ui.tokens();
            let words = format!("v{} and v{} side by side from", own.older, own.newer);
            ui.label(Face::Body.text(words, t.text));
            link(ui, log, &own.from, outbox);
            ui.label(Face::Body.text("to", t.text));
            link(ui, log, &own.to, outbox);
        });
    }
}

fn link(ui: &mut Ui, log: &Log, position: &PositionName, outbox: &mut Outbox) {
    let words = words::position_named(position);
    if ui.add(Link::mono(&words)).clicked()
        && let Some(event) = log.event_at(position)
    {
        outbox.send(Command::GoToEvent(event));
    }
}

/// What a registry in the store says otherwise.
pub(super) fn registry(ui: &mut Ui, kind: &TypeSchema) {
    if kind.registry.is_empty() {
        return;
    }
    part(
        ui,
        "Registry against events",
        "A schema in the store says something else than the events show.",
    );
    Cells::heads(
        ui,
        &REGISTRY,
        &["Version", "Field", "Registered", "Events show"],
    );
    for own in &kind.registry {
        let t = ui.tokens();
        let name = format!(
            "{} is registered as {}, events show {}",
            own.path, own.registered, own.seen
        );
        let cells = Cells::row(ui, &REGISTRY, &name);
        cells.text(ui, 0, &format!("v{}", own.version), (Face::Cell, t.text));
        cells.text(ui, 1, &own.path, (Face::Code, t.text));
        cells.text(ui, 2, &own.registered, (Face::Cell, t.text2));
        cells.text(ui, 3, &own.seen, (Face::Cell, t.changed));
    }
}
