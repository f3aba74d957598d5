//! The lines of a mapping: the table, what each role is read from, and how its values are written.

use egui::{Align, Align2, Label, Layout, Popup, ScrollArea, Ui, UiBuilder, vec2};

use super::draft::{Draft, Line};
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::{
    Button, IconButton, Notice, Severity, TextField, menu_content, menu_item, paint_line,
};
use crate::store::layout::{Encoding, Medium, Role};

const NAME: f32 = 108.0;
const LINE: f32 = 28.0;
const ENCODING: f32 = 128.0;
/// What an encoding is called that nobody chose.
const TOLD: &str = "automatic";

/// Draws the lines; the file of several whose lines are wanted instead.
pub(super) fn show(ui: &mut Ui, draft: &mut Draft) -> Option<usize> {
    let t = ui.tokens();
    if let Some(message) = &draft.trouble {
        Notice::new(Severity::Warning, message).show(ui);
        ui.add_space(6.0);
    }
    let file = if draft.files.len() > 1 {
        let file = file(ui, draft);
        ui.add_space(6.0);
        file
    } else {
        None
    };
    let words = match draft.medium() {
        Medium::Sqlite => {
            "A column or any SQL expression over the row; an empty line means the store does not hold it."
        }
        Medium::Json => {
            "A key or a JSON pointer such as /meta/at; an empty line means the store does not hold it."
        }
    };
    ui.add(Label::new(Face::Dense.text(words, t.text2)).wrap());
    ui.add_space(6.0);
    if draft.medium() == Medium::Sqlite {
        table(ui, draft);
    }
    let sources = draft.sources();
    for line in &mut draft.lines {
        row(ui, line.role.name(), |ui| fields(ui, line, &sources));
        if let Some(error) = &line.error {
            row(ui, "", |ui| {
                let text = Face::Secondary.text(error, t.error);
                ui.add(Label::new(text).truncate());
            });
        }
    }
    file
}

/// Which file of several it is about; another one where one was chosen.
fn file(ui: &mut Ui, draft: &Draft) -> Option<usize> {
    let mut chosen = None;
    row(ui, "file", |ui| {
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let now = draft.files.get(draft.at).map_or("", String::as_str);
            let button = Button::secondary(now).small().menu().name("File");
            let response = ui.add(button);
            Popup::menu(&response).show(|ui| {
                menu_content(ui, |ui| {
                    ui.set_min_width(180.0);
                    ScrollArea::vertical().max_height(260.0).show(ui, |ui| {
                        for (at, name) in draft.files.iter().enumerate() {
                            if menu_item(ui, name).clicked() {
                                chosen = Some(at);
                            }
                        }
                    });
                });
            });
        });
    });
    chosen.filter(|at| *at != draft.at)
}

/// The table and what names its rows.
fn table(ui: &mut Ui, draft: &mut Draft) {
    let names: Vec<String> = draft.tables();
    row(ui, "table", |ui| {
        blank(ui, ENCODING);
        if !names.is_empty()
            && let Some(chosen) = choice(ui, "Table of the events", None, &names)
        {
            draft.choose_table(&chosen);
        }
        ui.add(
            TextField::new("Table", &mut draft.from)
                .mono()
                .small()
                .hint("what follows FROM"),
        );
    });
    row(ui, "key", |ui| {
        blank(ui, ENCODING);
        blank_choice(ui, &names);
        let field = TextField::new("Key", &mut draft.key);
        ui.add(field.mono().small().hint("an integer that names a row"));
    });
    row(ui, "only where", |ui| {
        blank(ui, ENCODING);
        blank_choice(ui, &names);
        let field = TextField::new("Filter", &mut draft.filter);
        ui.add(field.mono().small().hint("every row is an event"));
    });
}

/// What a role is read from, from the right: the encoding, the menu, the text.
fn fields(ui: &mut Ui, line: &mut Line, sources: &[String]) {
    let role = line.role.name();
    let encodings = line.encodings();
    match encodings.is_empty() {
        true => blank(ui, ENCODING),
        false => encoding(ui, line, &encodings),
    }
    let name = format!("Source of {role}");
    let proposal = line.proposal.as_deref();
    if !sources.is_empty()
        && let Some(chosen) = choice(ui, &name, proposal, sources)
    {
        line.text = chosen;
        line.error = None;
    }
    let hint = match &line.proposal {
        Some(proposal) => format!("absent; {proposal} reads like it"),
        None if line.role == Role::Type => "every event has one".to_owned(),
        None => "absent".to_owned(),
    };
    let field = TextField::new(&name, &mut line.text)
        .mono()
        .small()
        .hint(&hint)
        .error(line.error.as_deref());
    if ui.add(field).changed() {
        line.error = None;
    }
}

/// How the values of a line are written.
fn encoding(ui: &mut Ui, line: &mut Line, encodings: &[Encoding]) {
    let (_, rect) = ui.allocate_space(vec2(ENCODING, LINE));
    let builder = UiBuilder::new()
        .id_salt("encoding")
        .max_rect(rect)
        .layout(Layout::left_to_right(Align::Center));
    let mut ui = ui.new_child(builder);
    let name = format!("Encoding of {}", line.role.name());
    let now = line.encoding.map_or(TOLD, Encoding::name);
    let response = ui.add(Button::secondary(now).small().menu().name(&name));
    Popup::menu(&response).show(|ui| {
        menu_content(ui, |ui| {
            ui.set_min_width(160.0);
            if menu_item(ui, TOLD).clicked() {
                line.encoding = None;
            }
            for encoding in encodings
                .iter()
                .filter(|encoding| encoding.name() != "auto")
            {
                if menu_item(ui, encoding.name()).clicked() {
                    line.encoding = Some(*encoding);
                }
            }
        });
    });
}

/// Room for what other lines have there, so that all fields end at one edge.
fn blank(ui: &mut Ui, width: f32) {
    ui.allocate_space(vec2(width, LINE));
}

/// Room for a menu, where the lines have such.
fn blank_choice(ui: &mut Ui, options: &[String]) {
    if !options.is_empty() {
        blank(ui, sizes::BUTTON_SMALL);
    }
}

/// A name and, from the right, a control.
fn row(ui: &mut Ui, name: &str, control: impl FnOnce(&mut Ui)) {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), LINE));
    let label = rect.with_max_x(rect.left() + NAME - 8.0);
    paint_line(
        ui.painter(),
        label,
        Align2::LEFT_CENTER,
        name,
        Face::Dense,
        ui.tokens().text2,
    );
    let builder = UiBuilder::new()
        .id_salt((name, "control"))
        .max_rect(rect.with_min_x(rect.left() + NAME))
        .layout(Layout::right_to_left(Align::Center));
    control(&mut ui.new_child(builder));
}

/// A menu of what the file holds, what reads like it first.
fn choice(ui: &mut Ui, name: &str, proposal: Option<&str>, options: &[String]) -> Option<String> {
    let label = format!("Choose {}", name.to_lowercase());
    let response = ui.add(IconButton::new(Icon::Down, &label).small());
    let mut chosen = None;
    Popup::menu(&response).show(|ui| {
        menu_content(ui, |ui| {
            ui.set_min_width(180.0);
            ScrollArea::vertical().max_height(260.0).show(ui, |ui| {
                let others = options.iter().map(String::as_str);
                let others = others.filter(|option| Some(*option) != proposal);
                for option in proposal.into_iter().chain(others) {
                    if menu_item(ui, Face::Code.text(option, ui.tokens().text)).clicked() {
                        chosen = Some(option.to_owned());
                    }
                }
            });
        });
    });
    chosen
}
