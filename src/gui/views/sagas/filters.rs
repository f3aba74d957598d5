//! What is listed: which processes, declared or mined, which of their sagas, and after how long a silence
//! one is called stuck.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{Frame, Margin, Popup, PopupCloseBehavior, RectAlign, Response, Ui, vec2};

use super::Choices;
use crate::analysis::saga::{Class, Definition, Missing, Narrowing, Passed, Timeout};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::{
    Button, Chip, IconButton, Segments, TextField, menu_content, menu_item, note_item,
};
use crate::log::Log;
use crate::model::time::Span;
use crate::render::grouped;
use crate::worker::{DeclaredSaga, SagaFilter, SagaList};
use crate::workspace::SagaFile;

/// Processes that a menu holds.
const MOST: usize = 200;
/// Types of sagas that the popover holds.
const FEW: usize = 16;
/// Width of the popover.
const WIDTH: f32 = 400.0;

/// What is typed and may not read yet.
#[derive(Default)]
pub(super) struct Filters {
    popover: Popover,
    at_least: String,
    at_most: String,
    stuck: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Popover {
    #[default]
    Closed,
    Open,
}

/// What the filters say.
pub(super) struct Said<'a> {
    pub filter: &'a mut SagaFilter,
    pub kept: &'a mut Choices,
    /// The definition that is gone by, by its name.
    pub by: Option<&'a str>,
    pub declared: &'a mut Option<(String, Arc<Definition>)>,
}

impl Filters {
    /// The button of the popover, and it.
    pub fn button(&mut self, ui: &mut Ui, list: Option<&SagaList>, said: &mut Said<'_>) {
        let on = said.kept.stuck_after.is_some() || is_narrowed(&said.filter.by);
        if self.popover == Popover::Closed {
            // What was put away meanwhile is not to come back.
            let text = |span: Option<Timeout>| span.map_or(String::new(), |span| span.to_string());
            self.at_least = text(said.filter.by.at_least.map(Timeout));
            self.at_most = text(said.filter.by.at_most.map(Timeout));
            self.stuck = text(said.kept.stuck_after);
        }
        let button = IconButton::new(Icon::Filter, "Filter sagas").small();
        let button = ui.add(button.toggled(on));
        let frame = Frame::popup(ui.style()).inner_margin(Margin::same(12));
        let shown = Popup::from_toggle_button_response(&button)
            .align(RectAlign::BOTTOM_END)
            .gap(4.0)
            .frame(frame)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| {
                ui.set_width(WIDTH);
                self.popover(ui, list, said);
            });
        self.popover = match shown {
            Some(_) => Popover::Open,
            None => Popover::Closed,
        };
    }

    fn popover(&mut self, ui: &mut Ui, list: Option<&SagaList>, said: &mut Said<'_>) {
        let by = &mut said.filter.by;
        let t = ui.tokens();
        let head = |ui: &mut Ui, words: &str| {
            ui.label(Face::Secondary.text(words, t.text3));
        };
        types(ui, list, &mut by.process);
        head(ui, "Sagas in which a step is done by");
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
            for name in participants(list, by.process) {
                let on = by.participant.as_deref() == Some(name);
                let button = match on {
                    true => Button::primary(name),
                    false => Button::secondary(name),
                };
                if ui.add(button.small()).clicked() {
                    by.participant = (!on).then(|| name.to_owned());
                }
            }
        });
        ui.add_space(sizes::GAP);
        head(ui, "In which something went wrong that is");
        let mut classes = Segments::new("Kind of failure", &mut by.class).option(None, "Any");
        for class in Class::ALL {
            classes = classes.option(Some(class), class.name());
        }
        classes.show(ui);
        ui.add_space(sizes::GAP);
        head(ui, "That last");
        ui.horizontal(|ui| {
            let least = ("At least", "at least: 30s, 15m");
            if let Ok(read) = typed(ui, least, &mut self.at_least) {
                by.at_least = read.map(|span| span.0);
            }
            let most = ("At most", "at most: 2h, 4d");
            if let Ok(read) = typed(ui, most, &mut self.at_most) {
                by.at_most = read.map(|span| span.0);
            }
        });
        ui.add_space(sizes::GAP);
        head(ui, "Call a saga stuck that is silent for longer than");
        let field = ("Stuck after", "what is usual");
        if let Ok(read) = typed(ui, field, &mut self.stuck) {
            said.kept.stuck_after = read;
        }
        let note = "Else what its definition says, or three times what 99 in 100 finished sagas waited there.";
        ui.label(Face::Secondary.text(note, t.text2));
    }

    /// What is in force, as chips that can be put away.
    pub fn chips(
        &mut self,
        ui: &mut Ui,
        (log, list): (Option<&Log>, Option<&SagaList>),
        said: &mut Said<'_>,
    ) {
        let by = &mut said.filter.by;
        let chip = |ui: &mut Ui, name: &str, value: &str| {
            Chip::new(name, value).closable().show(ui).closed
        };
        let short = |text: &str| crate::gui::widgets::middle_ellipsis(text, 48);
        if let Some(types) = &by.variant
            && chip(ui, "Variant", &format!("of {} events", types.len()))
        {
            by.variant = None;
        }
        let name = |kind: u32| log.map_or("", |log| log.types().get(kind));
        let words = by.passed.map(|passed| match passed {
            Passed::Type(own) => name(own).to_owned(),
            Passed::Pair(from, to) => format!("{} › {}", name(from), name(to)),
        });
        if let Some(words) = words
            && chip(ui, "With", &short(&words))
        {
            by.passed = None;
        }
        let all = list.map_or(&[][..], |list| &list.judged.processes.all);
        if let Some(of) = by.process.and_then(|own| all.get(usize::from(own)))
            && chip(ui, "Type", &short(&of.definition.id))
        {
            by.process = None;
        }
        if let Some(who) = by.participant.clone()
            && chip(ui, "Step by", &who)
        {
            by.participant = None;
        }
        if let Some(class) = by.class
            && chip(ui, "Failure", class.name())
        {
            by.class = None;
        }
        let lasts = |words: &str, span: Span| format!("{words} {span}");
        if let Some(span) = by.at_least
            && chip(ui, "Lasts", &lasts("at least", span))
        {
            by.at_least = None;
            self.at_least.clear();
        }
        if let Some(span) = by.at_most
            && chip(ui, "Lasts", &lasts("at most", span))
        {
            by.at_most = None;
            self.at_most.clear();
        }
        if let Some(silence) = said.kept.stuck_after
            && chip(ui, "Stuck after", &silence.0.to_string())
        {
            said.kept.stuck_after = None;
            self.stuck.clear();
        }
    }
}

/// The types of sagas, of which one may be chosen; nothing where there is a single one.
fn types(ui: &mut Ui, list: Option<&SagaList>, chosen: &mut Option<u16>) {
    let Some(list) = list.filter(|list| list.processes.len() > 1) else {
        return;
    };
    let ink = ui.tokens().text3;
    ui.label(Face::Secondary.text("Sagas of the type", ink));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        for (at, count) in by_count(list).into_iter().take(FEW) {
            let id = &list.judged.processes.all[at].definition.id;
            let words = crate::gui::widgets::middle_ellipsis(id, 32);
            let words = format!("{words}  {}", grouped(u64::from(count)));
            let on = *chosen == Some(at as u16);
            let button = match on {
                true => Button::primary(&words),
                false => Button::secondary(&words),
            };
            if ui.add(button.small()).clicked() {
                *chosen = (!on).then_some(at as u16);
            }
        }
    });
    ui.add_space(sizes::GAP);
}

/// Processes with how many instances each has, those with most first.
fn by_count(list: &SagaList) -> Vec<(usize, u32)> {
    let mut by_count: Vec<(usize, u32)> = list.processes.iter().copied().enumerate().collect();
    by_count.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    by_count
}

/// Whether anything is in force that the list does not show by itself.
fn is_narrowed(by: &Narrowing) -> bool {
    by.process.is_some()
        || by.participant.is_some()
        || by.class.is_some()
        || by.at_least.or(by.at_most).is_some()
}

/// A field for a span of time; what was read of it. What does not read yet changes nothing.
fn typed(
    ui: &mut Ui,
    (name, hint): (&str, &str),
    text: &mut String,
) -> Result<Option<Timeout>, String> {
    let read = |text: &str| match text.trim() {
        "" => Ok(None),
        text => text.parse::<Timeout>().map(Some),
    };
    let error = read(text).err();
    let field = TextField::new(name, text).hint(hint).small().clearable();
    ui.add(field.width(190.0).error(error.as_deref()));
    read(text)
}

fn participants(list: Option<&SagaList>, process: Option<u16>) -> BTreeSet<&str> {
    let all = list.map_or(&[][..], |list| &list.judged.processes.all);
    let own = all.iter().zip(0..);
    let own = own.filter(|(_, number)| process.is_none_or(|process| process == *number));
    let steps = own.flat_map(|(process, _)| &process.definition.steps);
    let names = steps.map(|step| step.participant.as_str());
    names.filter(|name| !name.is_empty()).collect()
}

/// The menu of processes: those that were mined, those that somebody declared, and a way to write down
/// what was mined.
pub(super) fn processes(
    ui: &mut Ui,
    list: Option<&SagaList>,
    (declared, file): (&[DeclaredSaga], Option<PathBuf>),
    said: &mut Said<'_>,
    outbox: &mut Outbox,
) {
    let all = list.map_or(&[][..], |list| &list.judged.processes.all);
    let one = said
        .filter
        .by
        .process
        .and_then(|one| all.get(usize::from(one)));
    let word = match (said.by, one) {
        (Some(name), _) => stem(name),
        (None, Some(process)) => process.definition.id.as_str(),
        (None, None) => "All that were mined",
    }
    .to_owned();
    let shown = crate::gui::widgets::middle_ellipsis(&word, 24);
    let name = format!("Process: {word}");
    let button = ui.add(Button::secondary(&shown).menu().small().name(&name));
    Popup::menu(&button).show(|ui| {
        ui.set_min_width(240.0);
        let area = egui::ScrollArea::vertical().max_height(360.0);
        area.show(ui, |ui| {
            menu_content(ui, |ui| {
                if said.by.is_none() {
                    mined(ui, list, said, outbox);
                } else if menu_item(ui, "Mine them from the events").clicked() {
                    choose(said, None, outbox);
                }
                if !declared.is_empty() {
                    ui.separator();
                }
                for own in declared {
                    declared_item(ui, own, said, outbox);
                }
                if let Some(file) = file {
                    ui.separator();
                    file_items(ui, &file, outbox);
                }
            });
        });
    });
}

/// What can be done with the user's own file of a definition.
fn file_items(ui: &mut Ui, file: &Path, outbox: &mut Outbox) {
    let path = file.display().to_string();
    let copy = menu_item(ui, "Copy the path of its file");
    if copy.on_hover_text(&path).clicked() {
        outbox.send(Command::Copy(path));
    }
}

/// The user's own file of a definition of that name; none of one that comes with the program.
pub(super) fn file(model: &Model, name: &str) -> Option<PathBuf> {
    let folder = model.workspace.sagas_folder();
    let is_own = name.ends_with(".toml");
    Some(folder.filter(|_| is_own)?.join(name))
}

fn stem(name: &str) -> &str {
    name.strip_suffix(".toml").unwrap_or(name)
}

/// Goes by another definition: what was chosen of the processes of the last means nothing in it.
fn choose(said: &mut Said<'_>, name: Option<String>, outbox: &mut Outbox) {
    outbox.send(Command::JudgeSagasBy(name));
    said.filter.by = Narrowing {
        text: std::mem::take(&mut said.filter.by.text),
        statuses: std::mem::take(&mut said.filter.by.statuses),
        ..Narrowing::default()
    };
}

fn declared_item(ui: &mut Ui, own: &DeclaredSaga, said: &mut Said<'_>, outbox: &mut Outbox) {
    let mut words = format!("As declared in {}", stem(&own.name));
    if let Missing {
        types: missing @ 1..,
        of,
    } = own.missing
    {
        words += &format!(", {missing} of whose {of} types are not here");
    }
    let why = match &own.definition {
        Err(why) => Some(why.as_str()),
        Ok(_) if !own.missing.is_few() => Some("It is one for another store"),
        Ok(_) => None,
    };
    match why {
        None => {
            if menu_item(ui, words).clicked() {
                choose(said, Some(own.name.clone()), outbox);
            }
        }
        Some(why) => {
            let wrong = |ui: &mut Ui| menu_item(ui, words.as_str());
            let item: Response = ui.add_enabled_ui(false, wrong).inner;
            note_item(ui, &item);
            item.on_disabled_hover_text(why);
        }
    }
}

fn mined(ui: &mut Ui, list: Option<&SagaList>, said: &mut Said<'_>, outbox: &mut Outbox) {
    let Some(list) = list else { return };
    if menu_item(ui, "All that were mined").clicked() {
        said.filter.by.process = None;
    }
    for (at, count) in by_count(list).into_iter().take(MOST) {
        let id = &list.judged.processes.all[at].definition.id;
        let word = format!("{id}  {}", grouped(u64::from(count)));
        if menu_item(ui, word).clicked() {
            said.filter.by.process = Some(at as u16);
        }
    }
    ui.separator();
    if menu_item(ui, "Write a definition from this").clicked() {
        write(list, said, outbox);
    }
}

/// Writes down what was mined, of the process that is chosen or the most frequent one, and goes by it from
/// here on.
pub(super) fn write(list: &SagaList, said: &mut Said<'_>, outbox: &mut Outbox) {
    let counts = list.processes.iter().enumerate();
    let most = counts.max_by_key(|(at, count)| (**count, usize::MAX - at));
    let chosen = said.filter.by.process.map(usize::from);
    let process = chosen.or(most.map(|(at, _)| at));
    let Some(process) = process.and_then(|at| list.judged.processes.all.get(at)) else {
        return;
    };
    let definition = &process.definition;
    let file = SagaFile::named(&definition.id, definition.to_toml());
    choose(said, Some(file.name.clone()), outbox);
    *said.declared = Some((file.name.clone(), Arc::new(definition.clone())));
    outbox.send(Command::SaveSaga(file));
}
