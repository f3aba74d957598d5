//! A mapping while it is being written: text lines, read into a layout when it is kept. Draws nothing.

use crate::gui::model::Model;
use crate::store::layout::{Column, Contents, Layout, Medium, Role};

/// A mapping being written.
pub(super) struct Draft {
    /// The file's name.
    pub file: String,
    /// Why the file could not be read as it is.
    pub trouble: Option<String>,
    pub from: String,
    pub key: String,
    pub filter: String,
    pub lines: Vec<Line>,
    base: Layout,
    contents: Option<Contents>,
}

/// A role and where it comes from.
pub(super) struct Line {
    pub role: Role,
    pub text: String,
    pub error: Option<String>,
}

impl Draft {
    /// Of the store that could not be read, else of the open one.
    pub fn of(model: &Model) -> Option<Self> {
        let (path, trouble, base, contents) = match (&model.unread, &model.session) {
            (Some(unread), _) => {
                let contents = unread.contents.clone();
                let blank = || contents.as_ref().map(|contents| contents.blank(0));
                let base = unread.remembered.mapping.clone().or_else(blank)?;
                (&unread.path, Some(unread.message.clone()), base, contents)
            }
            (None, Some(session)) => {
                let opened = &session.opened;
                let contents = Some(opened.contents.clone());
                (&opened.path, None, opened.layout.clone(), contents)
            }
            (None, None) => return None,
        };
        let name = path.file_name().unwrap_or(path.as_os_str());
        let line = |role: Role| Line {
            role,
            text: base.column(role).map(Column::to_line).unwrap_or_default(),
            error: None,
        };
        Some(Self {
            file: name.to_string_lossy().into_owned(),
            trouble,
            from: base.events.from.clone(),
            key: base.events.key.clone().unwrap_or_default(),
            filter: base.events.filter.clone().unwrap_or_default(),
            lines: Role::ALL.into_iter().map(line).collect(),
            base,
            contents,
        })
    }

    pub fn medium(&self) -> Medium {
        self.base.medium
    }

    /// The names of the tables.
    pub fn tables(&self) -> Vec<String> {
        let parts = self.contents.iter().flat_map(|contents| &contents.parts);
        parts.map(|part| part.name.clone()).collect()
    }

    /// What can be written as a source: of the chosen table, of all where it is none of them.
    pub fn sources(&self) -> Vec<String> {
        let parts = self.contents.iter().flat_map(|contents| &contents.parts);
        let chosen = self.from.trim().trim_matches('"');
        let (of_table, all): (Vec<_>, Vec<_>) =
            parts.partition(|part| part.name.eq_ignore_ascii_case(chosen));
        let parts = if of_table.is_empty() { all } else { of_table };
        let sources = parts.into_iter().flat_map(|part| &part.sources);
        sources.cloned().collect()
    }

    pub fn choose_table(&mut self, name: &str) {
        let Some(contents) = &self.contents else {
            return;
        };
        if let Some(at) = contents.parts.iter().position(|part| part.name == name) {
            let blank = contents.blank(at);
            self.from = blank.events.from;
            self.key = blank.events.key.unwrap_or_default();
        }
    }

    /// The text by which two drafts are told apart.
    pub fn fingerprint(&self) -> String {
        let mut text = [&*self.from, &*self.key, &*self.filter].join("\n");
        for line in &self.lines {
            text.push('\n');
            text.push_str(&line.text);
        }
        text
    }

    /// The layout, unless a line cannot be read; then the line says why.
    pub fn layout(&mut self) -> Option<Layout> {
        let mut layout = self.base.clone();
        let events = &mut layout.events;
        let medium = self.base.medium;
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        if medium == Medium::Sqlite {
            events.from = self.from.trim().to_owned();
            events.key = some(&self.key);
            events.filter = some(&self.filter);
        }
        let mut sound = true;
        for line in &mut self.lines {
            if line.text.trim().is_empty() {
                events.columns.remove(&line.role);
                continue;
            }
            match Column::from_line(&line.text, medium) {
                Ok(column) => {
                    events.columns.insert(line.role, column);
                }
                Err(error) => {
                    line.error = Some(error);
                    sound = false;
                }
            }
        }
        if let Some(line) = self.lines.iter_mut().find(|line| line.role == Role::Type)
            && line.text.trim().is_empty()
        {
            line.error = Some("Every event has a type: name where it stands".to_owned());
            sound = false;
        }
        // A mapping that somebody chose is not weighed against others.
        layout.evidence.clear();
        if !layout.name.ends_with("corrected by hand") && layout.id != "own-mapping" {
            layout.name = format!("{}, corrected by hand", layout.name);
        }
        sound.then_some(layout)
    }
}
