//! Running the definition in front: how, how far it is, and what it took.

use std::time::Duration;

use egui::{Align, Label, Layout, Popup, Ui, UiBuilder, vec2};

use super::{Projections, can_run};
use crate::analysis::projection::{OnError, SnapshotStrategy};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, Session};
use crate::gui::theme::{Face, Icon, TokensExt, icons, sizes};
use crate::gui::widgets::{Button, menu_content, menu_item};
use crate::gui::words;
use crate::render::grouped;
use crate::worker::{Arrived, AskProjected, Going, Projected, Question as _};

/// Less room than this for the choices leaves out what they are of.
const NARROW: f32 = 330.0;

/// A run as long as this says how fast it was.
const LONG: Duration = Duration::from_secs(5);

impl Projections {
    pub(super) fn run_bar(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        session: &Session,
        outbox: &mut Outbox,
    ) {
        let t = ui.tokens();
        let all = ui.max_rect();
        ui.painter()
            .hline(all.x_range(), all.min.y + 0.5, (1.0, t.border));
        let builder = UiBuilder::new()
            .max_rect(all.shrink2(vec2(sizes::PAD, 0.0)))
            .layout(Layout::left_to_right(Align::Center));
        let ui = &mut ui.new_child(builder);
        self.run_button(ui, model, session, outbox);
        // A run that goes on has one button more.
        let narrow = ui.available_width() < NARROW;
        if !narrow {
            ui.add_space(sizes::GAP);
            ui.add(Label::new(Face::Secondary.text("On error", t.text2)));
        }
        let on_error = Button::secondary(error_name(self.settings.on_error));
        let button = ui.add(on_error.small().menu().name("On error"));
        let about = format!("On error {}", error_words(self.settings.on_error));
        let button = button.on_hover_text(about);
        Popup::menu(&button).show(|ui| {
            menu_content(ui, |ui| {
                let all = [
                    OnError::Skip,
                    OnError::Retry(1),
                    OnError::Retry(3),
                    OnError::Stop,
                ];
                for choice in all {
                    if menu_item(ui, error_words(choice)).clicked() {
                        self.settings.on_error = choice;
                    }
                }
            });
        });
        if !narrow {
            ui.add_space(sizes::GAP);
            ui.add(Label::new(Face::Secondary.text("Snapshots", t.text2)));
        }
        let strategy = self.settings.strategy;
        let strategy = Button::secondary(strategy.map_or("periodic", strategy_name));
        let button = ui.add(strategy.small().menu().name("Snapshots"));
        let about = format!("Snapshots {}", chosen_words(self.settings.strategy));
        let button = button.on_hover_text(about);
        Popup::menu(&button).show(|ui| {
            menu_content(ui, |ui| {
                for choice in STRATEGIES {
                    if menu_item(ui, chosen_words(choice)).clicked() {
                        self.settings.strategy = choice;
                    }
                }
            });
        });
    }

    fn run_button(&mut self, ui: &mut Ui, model: &Model, session: &Session, outbox: &mut Outbox) {
        let on_the_way = match self.told(model) {
            Some(Ok(projected)) => projected.arrived == Arrived::OnTheWay,
            Some(Err(_)) => false,
            None => true,
        };
        let pending = model.answers.projected.is_pending();
        let label = AskProjected::LABEL.unwrap_or_default();
        let running = model.running.iter().find(|running| running.label == label);
        let is_own = self.ran().is_some();
        let is_going = is_own && self.going == Going::On && pending && on_the_way;
        if let Some(running) = running.filter(|_| is_going) {
            if ui
                .add(Button::secondary("Pause").icon(Icon::Pause))
                .clicked()
            {
                self.going = Going::Held;
            }
            if ui.add(Button::ghost("Cancel")).clicked()
                && let Some(sheet) = self.shelf.sheet_mut()
            {
                sheet.ran = None;
                outbox.send(Command::Cancel(running.slot));
            }
            return;
        }
        let is_held = is_own && self.going == Going::Held && on_the_way;
        let word = if is_held { "Resume" } else { "Run to cursor" };
        let run = Button::primary(word).icon(Icon::Play);
        // What is there and as of the cursor need not be run.
        let is_there =
            is_own && !pending && !on_the_way && model.answers.projected.unanswered().is_none();
        let is_same = self
            .shelf
            .sheet()
            .is_some_and(|sheet| sheet.ran.as_ref() == Some(&sheet.written()));
        let is_stale = self.seen.stale(model, &session.log, None).is_some();
        let holds = self.mistake(model).is_none();
        let can = can_run(session) && holds && !(is_there && is_same && !is_stale);
        let button = ui.add_enabled(can, run).on_hover_text("Ctrl+Enter");
        let button = match holds {
            true => button,
            false => button.on_disabled_hover_text("First mend what the line above tells"),
        };
        if button.clicked() {
            match is_held {
                true => self.going = Going::On,
                false => self.run(outbox),
            }
        }
    }

    /// How the run stands, in a line.
    pub(super) fn status(&self, ui: &mut Ui, model: &Model) {
        let t = ui.tokens();
        let all = ui.max_rect();
        ui.painter()
            .hline(all.x_range(), all.min.y + 0.5, (1.0, t.border));
        let builder = UiBuilder::new()
            .max_rect(all.shrink2(vec2(sizes::PAD, 0.0)))
            .layout(Layout::left_to_right(Align::Center));
        let ui = &mut ui.new_child(builder);
        let say = |ui: &mut Ui, icon: Option<(Icon, egui::Color32)>, words: &str| {
            if let Some((icon, colour)) = icon {
                let (rect, _) = ui.allocate_exact_size(vec2(12.0, 12.0), egui::Sense::hover());
                icons::paint(ui.painter(), rect, icon, colour);
            }
            let label = Label::new(Face::Secondary.text(words, t.text2)).truncate();
            let said = ui.add(label);
            said.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Status, true, words));
        };
        let Some(Ok(projected)) = self.told(model) else {
            if self.ran().is_none() {
                say(
                    ui,
                    None,
                    "Not run yet. Ctrl+Enter runs it, nothing is written",
                );
            }
            return;
        };
        let is_edited =
            (self.shelf.sheet()).is_some_and(|sheet| sheet.ran.as_ref() != Some(&sheet.written()));
        if is_edited && projected.arrived != Arrived::OnTheWay {
            let words = format!("Before the edit: {}", ended(projected));
            return say(ui, Some((Icon::Info, t.text2)), &words);
        }
        if model.answers.projected.unanswered().is_some() {
            return say(
                ui,
                Some((Icon::Info, t.text2)),
                "Called off before the cursor",
            );
        }
        let asked = model.answers.projected.asked();
        let goal = asked.map_or(0, |asked| asked.cut.inside().0);
        let done = projected.done.0;
        if let Some((event, error)) = &projected.stopped {
            let at = words::position(&projected.log, *event);
            let words = format!("Stopped at {at}: {error}");
            return say(ui, Some((Icon::Error, t.error)), &words);
        }
        if projected.arrived == Arrived::OnTheWay {
            if self.going == Going::Held {
                let words = format!(
                    "Paused after {} of {} events",
                    grouped(done.into()),
                    grouped(goal.into())
                );
                return say(ui, Some((Icon::Pause, t.text2)), &words);
            }
            // How far it is stands in the status bar of the window, as of all work.
            return say(ui, None, &rate(projected, goal));
        }
        let mark = match projected.counts.failed + projected.odd.len() as u64 {
            0 => (Icon::Check, t.ok),
            _ => (Icon::Warning, t.warning),
        };
        say(ui, Some(mark), &ended(projected));
    }
}

/// What came of a run that has arrived.
fn ended(projected: &Projected) -> String {
    let counts = projected.counts;
    let mut parts = vec![format!(
        "{} handled",
        words::counted(counts.processed as usize, "event", "events")
    )];
    if counts.failed > 0 {
        parts.push(format!("{} failed", grouped(counts.failed)));
    }
    if projected.took > LONG {
        parts.push(rate(projected, 0));
    }
    let odd = projected.odd.len();
    if odd > 0 {
        parts.push(words::counted(
            odd,
            "value is no JSON",
            "values are no JSON",
        ));
    }
    let (checkpoints, bytes) = projected.held;
    if !projected.outside.is_empty() {
        // States that were saved know nothing of it, so none of them is of use.
        let names = projected.outside.join(", ");
        parts.push(format!(
            "keeps {names} outside its states: going back replays all"
        ));
    } else if checkpoints > 0 {
        let held = words::counted(checkpoints, "checkpoint", "checkpoints");
        parts.push(format!("{held}, {}", crate::render::bytes(bytes as u64)));
    }
    parts.join(" · ")
}

/// `1.5 M events/s`, and how long it will take.
fn rate(projected: &Projected, goal: u32) -> String {
    let seconds = projected.took.as_secs_f64();
    let rate = f64::from(projected.done.0) / seconds.max(1e-6);
    let per_second = match rate {
        1e6.. => format!("{:.1} M events/s", rate / 1e6),
        1e3.. => format!("{:.0} k events/s", rate / 1e3),
        _ => format!("{rate:.0} events/s"),
    };
    let left = f64::from(goal.saturating_sub(projected.done.0)) / rate.max(1.0);
    match left {
        1.0.. => format!("{per_second} · {left:.0} s left"),
        _ => per_second,
    }
}

/// Strategies to choose from.
const STRATEGIES: [Option<SnapshotStrategy>; 6] = [
    None,
    Some(SnapshotStrategy::Periodic { every: 1000 }),
    Some(SnapshotStrategy::Periodic { every: 100_000 }),
    Some(SnapshotStrategy::Threshold { changes: 1000 }),
    Some(SnapshotStrategy::Eager),
    Some(SnapshotStrategy::Lazy),
];

/// The same of what was chosen.
fn chosen_words(strategy: Option<SnapshotStrategy>) -> String {
    let usual = || "periodic: as wide as the definition is quick".to_owned();
    strategy.map_or_else(usual, strategy_words)
}

/// The literature's name of a strategy.
pub(super) const fn strategy_name(strategy: SnapshotStrategy) -> &'static str {
    match strategy {
        SnapshotStrategy::Periodic { .. } => "periodic",
        SnapshotStrategy::Threshold { .. } => "threshold",
        SnapshotStrategy::Eager => "eager",
        SnapshotStrategy::Lazy => "lazy",
    }
}

/// The name, and when it keeps states.
pub(super) fn strategy_words(strategy: SnapshotStrategy) -> String {
    let name = strategy_name(strategy);
    match strategy {
        SnapshotStrategy::Periodic { every } => {
            format!("{name}: every {} events", grouped(every.into()))
        }
        SnapshotStrategy::Threshold { changes } => {
            format!("{name}: after {} changed states", grouped(changes.into()))
        }
        SnapshotStrategy::Eager => format!("{name}: after each event"),
        SnapshotStrategy::Lazy => format!("{name}: where somebody looks"),
    }
}

/// What is done on an error, in the words of the command line.
const fn error_name(on_error: OnError) -> &'static str {
    match on_error {
        OnError::Skip => "skip",
        OnError::Stop | OnError::Retry(_) => error_words(on_error),
    }
}

/// The same, and what becomes of the event.
const fn error_words(on_error: OnError) -> &'static str {
    match on_error {
        OnError::Skip => "skip: a dead letter, and on",
        OnError::Stop => "stop",
        OnError::Retry(1) => "retry once",
        OnError::Retry(_) => "retry 3 times",
    }
}
