//! A mapping while it is being written: text lines, read into a layout when it is kept. Draws nothing.

use std::path::PathBuf;

use crate::gui::model::Model;
use crate::store::layout::{Column, Contents, Encoding, Key, Layout, Medium, Role};
use crate::worker::{StoreFile, Unread};
use crate::workspace::StorePath;

/// A mapping being written.
pub(super) struct Draft {
    /// The file's name.
    pub file: String,
    /// The file.
    pub path: PathBuf,
    /// What it is remembered under.
    pub store_path: StorePath,
    /// The files of the store, and which of them it is.
    pub files: Vec<String>,
    pub at: usize,
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
    /// How its values are written; told from them where absent.
    pub encoding: Option<Encoding>,
    /// What of the file reads like it, as it would be written.
    pub proposal: Option<String>,
    pub error: Option<String>,
}

impl Line {
    fn of(role: Role, base: &Layout) -> Self {
        let mut line = Self {
            role,
            text: String::new(),
            encoding: None,
            proposal: None,
            error: None,
        };
        line.take(base.column(role));
        line
    }

    fn take(&mut self, column: Option<&Column>) {
        // The encoding has a field of its own.
        let bare = |column: &Column| {
            let column = column.clone();
            Column {
                encoding: None,
                ..column
            }
            .to_line()
        };
        self.text = column.map(bare).unwrap_or_default();
        self.encoding = column.and_then(|column| column.encoding);
        self.error = None;
    }

    /// The encodings that its values may have.
    pub fn encodings(&self) -> Vec<Encoding> {
        match self.role {
            Role::RecordedAt | Role::OccurredAt | Role::EndedAt => Encoding::of_times().collect(),
            Role::Payload | Role::Metadata => Encoding::of_data().collect(),
            _ => Vec::new(),
        }
    }

    /// The column that it says; none where it is empty.
    fn column(&self, medium: Medium) -> Option<Result<Column, String>> {
        if self.text.trim().is_empty() {
            return None;
        }
        let read = Column::from_line(&self.text, medium);
        Some(read.map(|mut column| {
            column.encoding = column.encoding.or(self.encoding);
            column
        }))
    }
}

impl Draft {
    /// Of the store that could not be read, else of a file of the open one.
    pub fn of(model: &Model, at: usize) -> Option<Self> {
        match (&model.unread, &model.session) {
            (Some(unread), _) => Self::of_unread(unread),
            (None, Some(session)) => Self::of_file(&session.opened.parts, at),
            (None, None) => None,
        }
    }

    fn of_unread(unread: &Unread) -> Option<Self> {
        let contents = unread.contents.clone();
        let proposed = |contents: &Contents| contents.proposed(contents.likeliest());
        let proposed = || contents.as_ref().map(proposed);
        let mapping = unread.remembered.mapping.clone();
        let is_mapped = mapping.is_some();
        let base = mapping.or_else(proposed)?;
        let place = (&unread.path, &unread.store_path);
        let mut draft = Self::new(place, base, contents);
        draft.trouble = Some(match draft.text_of(Role::Type) {
            _ if is_mapped => unread.message.clone(),
            "" => "Nothing in it reads like an event type: name where it stands".to_owned(),
            _ => {
                "What its parts are called does not say that these are events; save it if they are"
                    .to_owned()
            }
        });
        Some(draft)
    }

    fn of_file(files: &[StoreFile], at: usize) -> Option<Self> {
        let file = files.get(at)?;
        let place = (&file.path, &file.store_path);
        let mut draft = Self::new(place, file.layout.clone(), Some(file.contents.clone()));
        draft.files = files.iter().map(|file| file.name.clone()).collect();
        draft.at = at;
        Some(draft)
    }

    /// What stands in the line of a role.
    fn text_of(&self, role: Role) -> &str {
        let line = self.lines.iter().find(|line| line.role == role);
        line.map_or("", |line| line.text.trim())
    }

    fn new(
        (path, store_path): (&PathBuf, &StorePath),
        base: Layout,
        contents: Option<Contents>,
    ) -> Self {
        let name = path.file_name().unwrap_or(path.as_os_str());
        let mut draft = Self {
            file: name.to_string_lossy().into_owned(),
            files: Vec::new(),
            at: 0,
            path: path.clone(),
            store_path: store_path.clone(),
            trouble: None,
            from: base.events.from.clone(),
            key: base
                .events
                .key
                .as_ref()
                .map(Key::to_line)
                .unwrap_or_default(),
            filter: base.events.filter.clone().unwrap_or_default(),
            lines: Role::ALL.map(|role| Line::of(role, &base)).into(),
            base,
            contents,
        };
        draft.propose();
        draft
    }

    /// What the parts of the chosen table read like, beside what the lines say.
    fn propose(&mut self) {
        let Some(contents) = &self.contents else {
            return;
        };
        let chosen = self.chosen(contents).unwrap_or(0);
        let Some(part) = contents.parts.get(chosen) else {
            return;
        };
        for line in &mut self.lines {
            line.proposal = part.proposals.get(&line.role).map(Column::to_line);
        }
    }

    /// Which part of the file is read.
    fn chosen(&self, contents: &Contents) -> Option<usize> {
        let table = Layout::table_named(&self.from)?;
        let mut parts = contents.parts.iter();
        parts.position(|part| part.name.eq_ignore_ascii_case(&table))
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
        let Some(contents) = &self.contents else {
            return Vec::new();
        };
        let parts = match self.chosen(contents) {
            Some(chosen) => &contents.parts[chosen..=chosen],
            None => &contents.parts[..],
        };
        let sources = parts.iter().flat_map(|part| &part.sources);
        sources.cloned().collect()
    }

    /// Begins anew with another table: what its columns read like.
    pub fn choose_table(&mut self, name: &str) {
        let Some(contents) = &self.contents else {
            return;
        };
        let mut parts = contents.parts.iter();
        let Some(at) = parts.position(|part| part.name == name) else {
            return;
        };
        let proposed = contents.proposed(at);
        self.from.clone_from(&proposed.events.from);
        let key = proposed.events.key.as_ref();
        self.key = key.map(Key::to_line).unwrap_or_default();
        for line in &mut self.lines {
            line.take(proposed.column(line.role));
        }
        self.propose();
    }

    /// The layout as far as it can be read, to be shown while it is being written.
    pub fn reading(&self) -> Option<Layout> {
        let mut layout = self.frame();
        for line in &self.lines {
            match line.column(layout.medium) {
                Some(column) => layout.events.columns.insert(line.role, column.ok()?),
                None => layout.events.columns.remove(&line.role),
            };
        }
        Some(layout)
    }

    /// What the layout says beside the columns.
    fn frame(&self) -> Layout {
        let mut layout = self.base.clone();
        let events = &mut layout.events;
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        if layout.medium == Medium::Sqlite {
            events.from = self.from.trim().to_owned();
            events.key = some(&self.key).map(|key| Key::from_line(&key));
            events.filter = some(&self.filter);
        }
        // A mapping that somebody chose is not weighed against others.
        layout.evidence.clear();
        layout
    }

    /// The layout as a file to pass on, unless a line cannot be read; then the line says why.
    pub fn shared(&mut self) -> Option<Layout> {
        let layout = self.layout()?;
        let stem = self.path.file_stem().unwrap_or_default().to_string_lossy();
        Some(layout.to_share(&stem, self.contents.as_ref()))
    }

    /// The layout, unless a line cannot be read; then the line says why.
    pub fn layout(&mut self) -> Option<Layout> {
        let mut layout = self.frame();
        let mut sound = true;
        for line in &mut self.lines {
            match line.column(layout.medium) {
                Some(Ok(column)) => {
                    layout.events.columns.insert(line.role, column);
                }
                Some(Err(error)) => {
                    line.error = Some(error);
                    sound = false;
                }
                None => {
                    layout.events.columns.remove(&line.role);
                }
            }
        }
        if let Some(line) = self.lines.iter_mut().find(|line| line.role == Role::Type)
            && line.text.trim().is_empty()
        {
            line.error = Some("Every event has a type: name where it stands".to_owned());
            sound = false;
        }
        if !layout.name.ends_with("corrected by hand") && layout.id != "own-mapping" {
            layout.name = format!("{}, corrected by hand", layout.name);
        }
        sound.then_some(layout)
    }
}
