//! Stepping: the last event of a partition as of the cursor, what it did, and the way to the next. The
//! cursor is what moves; there is no other place to be at.

use egui::{Align, Key, Label, Layout, Role, Ui, UiBuilder, WidgetInfo, vec2};

use super::page::Scene;
use super::sides;
use crate::analysis::projection::{Around, Break, Sides};
use crate::gui::command::{Command, Outbox};
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::views::Standing;
use crate::gui::widgets::{
    Chip, EmptyState, IconButton, Link, PaneHead, Segments, TableState, TextField,
};
use crate::gui::words;
use crate::log::{Bound, Cut, Log};
use crate::render::grouped;
use crate::worker::{Arrived, AskStop, Projected};

/// Less room than this has none for a picture.
const BARE: f32 = 80.0;

/// What the steps keep between frames.
#[derive(Default)]
pub(super) struct Step {
    table: TableState,
    /// What stops a run forward, as it was typed.
    breaks: Vec<(String, Break)>,
    typed: String,
    /// The run forward that is under way.
    towards: Option<AskStop>,
    runs: u64,
    looks_at: LooksAt,
}

/// What is looked at of a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum LooksAt {
    /// The states around it.
    #[default]
    States,
    /// Its payload, as it is stored and as upcasters make it.
    Payload,
}

/// Which event of a stream it is, and how many that has.
type Numbered = Option<(usize, usize)>;

/// The partition that is stepped through, and where it is.
type Stepped<'a> = (Option<&'a str>, Option<&'a (Around, Sides)>, Numbered);

impl Step {
    /// Events got other places: a run forward would end at another one than it found.
    pub fn reordered(&mut self) {
        self.towards = None;
    }

    pub fn show(
        &mut self,
        ui: &mut Ui,
        (scene, projected): (&Scene<'_>, &Projected),
        outbox: &mut Outbox,
    ) {
        self.arrive(scene, outbox);
        let slot = &scene.model.answers.projected;
        let asked = slot
            .known()
            .and_then(|(asked, _)| asked.wanted.partition.clone());
        // The whole is always there. Another partition's step may stand for less than anybody reads.
        let is_read = scene.partition.as_deref() == Some("") || asked == scene.partition;
        let is_late = Standing::of(ui, slot) == Standing::Late;
        let (partition, around) = match is_read || is_late {
            true => (
                &scene.partition,
                projected.around.as_ref().filter(|_| is_read),
            ),
            false => (&asked, projected.around.as_ref()),
        };
        self.head(
            ui,
            scene,
            (partition.as_deref(), around, projected.place),
            outbox,
        );
        let Some((around, sides)) = around else {
            let sentence = &match partition {
                None => "Select a partition to step through its events".to_owned(),
                Some(name) if !is_read => format!("Reading the events of {name}"),
                Some(_) if projected.arrived == Arrived::OnTheWay => {
                    "Steps are told where the run is paused or has arrived".to_owned()
                }
                Some(_) => "It has no event as of the cursor".to_owned(),
            };
            if ui.available_height() < BARE {
                ui.centered_and_justified(|ui| {
                    ui.add(Label::new(Face::Secondary.text(sentence, ui.tokens().text2)).truncate())
                });
            } else {
                EmptyState::new(Icon::Next, sentence).show(ui);
            }
            return;
        };
        let log = &*projected.log;
        if let Some((upcast, [stored, made])) = &projected.upcast {
            self.looks(ui);
            if self.looks_at == LooksAt::Payload {
                let stored = format!("Stored, schema version {stored}");
                let made = format!("Upcast to {made}   {}", sides::summary(upcast));
                let heads = [stored.as_str(), made.as_str()];
                sides::show(ui, "Stored and upcast", &mut self.table, heads, upcast);
                return;
            }
        }
        event_line(ui, (scene, log), around, outbox);
        let at = |event| words::place(log, log.stream(event), event);
        let before = match around.previous {
            Some(previous) => format!("State before, {}", at(previous)),
            None => "State before: none".to_owned(),
        };
        let after = match &around.failed {
            Some(error) => format!("Its handler failed: {error}"),
            None => format!("State after   {}", sides::summary(sides)),
        };
        let heads = [before.as_str(), after.as_str()];
        sides::show(ui, "State before and after", &mut self.table, heads, sides);
    }

    fn head(
        &mut self,
        ui: &mut Ui,
        scene: &Scene<'_>,
        (partition, around, numbered): Stepped<'_>,
        outbox: &mut Outbox,
    ) {
        let model = scene.model;
        let previous = around.map(|(around, _)| around.previous);
        let can = partition.is_some();
        let place = match partition {
            None => String::new(),
            Some("") => "through all it handles".to_owned(),
            Some(name) => match numbered.filter(|_| around.is_some()) {
                Some((at, all)) => format!(
                    "event {} of {} through {name}",
                    grouped(at as u64),
                    grouped(all as u64)
                ),
                None => format!("through {name}"),
            },
        };
        let mut asked = None;
        let mut stops = self.breaks.clone();
        let typed = &mut self.typed;
        let all: Vec<Break> = stops.iter().map(|(_, one)| one.clone()).collect();
        PaneHead::new("Step").show_with(
            ui,
            |ui| {
                ui.spacing_mut().item_spacing.x = 2.0;
                let mut button = |icon, name, enabled| {
                    let button = IconButton::new(icon, name).small();
                    ui.add_enabled(enabled, button).clicked()
                };
                if button(Icon::First, "First event of the partition", can) {
                    asked = Some((Bound::Start, Vec::new()));
                }
                let back = matches!(previous, Some(Some(_)));
                if button(Icon::Prev, "Previous event of the partition", back)
                    && let Some(Some(event)) = previous
                {
                    outbox.send(Command::MoveTo(Bound::Event(event)));
                }
                if button(Icon::Next, "Next event of the partition", can) {
                    asked = Some((model.cursor.bound(), Vec::new()));
                }
                let run_on = can && !all.is_empty();
                if button(Icon::Play, "Run on to the next break", run_on) {
                    asked = Some((model.cursor.bound(), all.clone()));
                }
                if !place.is_empty() {
                    ui.add_space(sizes::GAP);
                    let text = Face::Secondary.text(place, ui.tokens().text2);
                    ui.add(Label::new(text).truncate());
                }
            },
            |ui| breaks(ui, scene, (typed, &mut stops)),
        );
        self.breaks = stops;
        if let Some((bound, breaks)) = asked {
            let cut = scene.session.log.cut(model.clock(), bound);
            self.go(scene, cut, breaks);
        }
        if let Some(question) = &self.towards {
            let question = question.clone();
            outbox.ask(|answers| &mut answers.stop, question);
        }
    }

    /// The choice between the states and the payload.
    fn looks(&mut self, ui: &mut Ui) {
        let t = ui.tokens();
        let (_, all) = ui.allocate_space(vec2(ui.available_width(), 32.0));
        ui.painter()
            .hline(all.x_range(), all.max.y - 0.5, (1.0, t.border));
        let builder = UiBuilder::new()
            .max_rect(all.shrink2(vec2(sizes::PAD, 0.0)))
            .layout(Layout::left_to_right(Align::Center));
        let ui = &mut ui.new_child(builder);
        Segments::new("What of the step", &mut self.looks_at)
            .option(LooksAt::States, "Before | after")
            .option(LooksAt::Payload, "Stored | upcast")
            .show(ui);
        let words = "An upcaster changes this event before any handler sees it";
        ui.add(Label::new(Face::Secondary.text(words, t.text2)).truncate());
    }

    fn go(&mut self, scene: &Scene<'_>, cut: Cut, breaks: Vec<Break>) {
        let Some(written) = scene.ran.clone() else {
            return;
        };
        self.runs += 1;
        self.towards = Some(AskStop {
            subject: scene.session.subject(),
            cut,
            written,
            settings: scene.settings,
            partition: scene.partition.clone(),
            breaks,
            run: self.runs,
        });
    }

    /// Moves the cursor where a run forward has ended.
    fn arrive(&mut self, scene: &Scene<'_>, outbox: &mut Outbox) {
        let slot = &scene.model.answers.stop;
        let Some(question) = &self.towards else {
            return;
        };
        if slot.asked() != Some(question) {
            return;
        }
        match slot.of(question) {
            Some(Ok(Some(event))) => outbox.send(Command::MoveTo(Bound::Event(*event))),
            Some(Ok(None)) => {
                let of = match question.partition.as_deref() {
                    None | Some("") => "that it handles",
                    Some(partition) => &format!("of {partition}"),
                };
                outbox.send(Command::Say(match question.breaks.is_empty() {
                    true => format!("There is no later event {of}"),
                    false => format!("No later event {of} stops there"),
                }));
            }
            // Told where the run is told of.
            Some(Err(_)) => {}
            None if slot.is_pending() => return,
            None => {}
        }
        self.towards = None;
    }
}

/// What stops a run forward, and a field for more; from the right.
fn breaks(
    ui: &mut Ui,
    scene: &Scene<'_>,
    (typed, stops): (&mut String, &mut Vec<(String, Break)>),
) {
    let types = scene.session.log.types();
    let read = |text: &str| Break::read(text, |name| types.find(name).is_some());
    let is_wrong = !typed.trim().is_empty() && read(typed).is_none();
    let wrong = is_wrong.then_some("An event type, a path, or a comparison as in balance < 0");
    let field = TextField::new("Break on", typed).hint("type, path or balance < 0");
    let response = ui.add(field.small().width(160.0).error(wrong));
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if entered && let Some(stop) = read(typed) {
        if !stops.iter().any(|(_, own)| *own == stop) {
            stops.push((typed.trim().to_owned(), stop));
        }
        typed.clear();
    }
    let mut gone = None;
    for (at, (text, _)) in stops.iter().enumerate().rev() {
        if Chip::new("", text).closable().show(ui).closed {
            gone = Some(at);
        }
    }
    if let Some(gone) = gone {
        stops.remove(gone);
    }
    let t = ui.tokens();
    ui.add(Label::new(Face::Secondary.text("Break on", t.text2)));
}

/// The event that made the state.
fn event_line(ui: &mut Ui, (scene, log): (&Scene<'_>, &Log), around: &Around, outbox: &mut Outbox) {
    let t = ui.tokens();
    let event = around.event;
    let (_, all) = ui.allocate_space(vec2(ui.available_width(), 32.0));
    ui.painter()
        .hline(all.x_range(), all.max.y - 0.5, (1.0, t.border));
    let builder = UiBuilder::new()
        .max_rect(all.shrink2(vec2(sizes::PAD, 0.0)))
        .layout(Layout::left_to_right(Align::Center));
    let ui = &mut ui.new_child(builder);
    let (dot, _) = ui.allocate_exact_size(vec2(sizes::DOT, sizes::DOT), egui::Sense::hover());
    let colour = t.category(scene.model.colour(log.category(log.stream(event))));
    ui.painter()
        .circle_filled(dot.center(), sizes::DOT / 2.0, colour);
    let name = words::type_of(log, event);
    let title = ui.add(Label::new(Face::Title.text(name, t.text)));
    title.widget_info(|| WidgetInfo::labeled(Role::Label, true, name));
    let place = words::place(log, log.stream(event), event);
    if ui.add(Link::mono(&place)).clicked() {
        outbox.send(Command::GoToEvent(event));
    }
    if let Some(time) = scene.model.event_time(event) {
        let time = scene.model.time(time);
        ui.add(Label::new(Face::Cell.text(time, t.text2)));
    }
    if let Some(question) = scene.model.ask_event(event) {
        outbox.ask(|answers| &mut answers.stepped, question);
    }
    let known = scene.model.answers.stepped.known();
    let found = known
        .filter(|(asked, _)| asked.event == event)
        .map(|(_, found)| found);
    let text = found.and_then(|found| found.body.as_ref().ok());
    if let Some(text) = text.and_then(|body| body.data.json()) {
        let line = squeezed(text);
        ui.add(Label::new(Face::Code.text(line, t.text2)).truncate());
    }
}

/// The beginning of a payload on one line, without the room that it has between its parts.
fn squeezed(text: &str) -> String {
    let mut line = String::new();
    let mut letters = text.chars();
    let (mut is_text, mut is_escaped) = (false, false);
    while let Some(c) = letters.next().filter(|_| line.len() < 400) {
        if is_text || !c.is_whitespace() {
            line.push(if c.is_control() { ' ' } else { c });
        }
        if !is_text && matches!(c, ':' | ',') {
            line.push(' ');
        }
        is_text ^= c == '"' && !is_escaped;
        is_escaped = is_text && c == '\\' && !is_escaped;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::squeezed;

    #[test]
    fn room_between_parts_goes_and_room_in_texts_stays() {
        let text = "{\n    \"a  b\":1,\n    \"c\": \"x \\\" , y\"\n}";
        assert_eq!(squeezed(text), r#"{"a  b": 1, "c": "x \" , y"}"#);
    }
}
