//! The definitions that are open: what they say, whether that is kept, and what became of their files
//! meanwhile. Nothing here draws.

use std::collections::BTreeMap;

use crate::gui::command::{Command, Outbox};
use crate::worker::{Definitions, Written};
use crate::workspace::{ProjectionFile, is_projection_name};

/// Definitions opened by themselves.
const OPENED: usize = 3;

/// What a new definition begins with.
const NEW: &str = "fromAll()
  .foreachStream()
  .when({
    $init: () => ({ events: 0 }),
    $any(s, e) {
      s.events += 1;
    },
  });
";

/// Where a definition comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A file of the user's.
    Own,
    /// It comes with the program; saving makes it the user's.
    Bundled,
    /// It was never saved.
    New,
}

/// An open definition.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub name: String,
    pub text: String,
    pub origin: Origin,
    /// What is kept of it: in its file, or in the program.
    saved: String,
    /// What its file said when it was looked at last.
    disk: Option<String>,
    /// What its file says since another program wrote it, where that is in the way of what was written
    /// here.
    pub conflict: Option<String>,
    /// What was run of it last.
    pub ran: Option<Written>,
}

impl Sheet {
    fn new(name: &str, text: &str, origin: Origin) -> Self {
        Self {
            name: name.to_owned(),
            text: text.to_owned(),
            origin,
            saved: text.to_owned(),
            disk: (origin == Origin::Own).then(|| text.to_owned()),
            conflict: None,
            ran: None,
        }
    }

    /// As it stands now.
    pub fn written(&self) -> Written {
        Written::new(&self.name, &self.text)
    }

    /// Whether it is a built-in fold rather than code.
    pub fn is_built_in(&self) -> bool {
        self.name.ends_with(".json")
    }

    /// As it is saved, where that is something else.
    pub fn as_saved(&self) -> Option<Written> {
        (self.text != self.saved).then(|| Written::new(&self.name, &self.saved))
    }

    /// Whether something would be lost without saving.
    pub fn is_dirty(&self) -> bool {
        self.text != self.saved || self.origin == Origin::New
    }

    /// Takes the text of the file in place of what was written here.
    pub fn reload(&mut self) {
        if let Some(text) = self.conflict.take() {
            self.take(text);
        }
    }

    fn take(&mut self, text: String) {
        // A run goes on with what the file says now.
        if let Some(ran) = self.ran.as_mut().filter(|ran| *ran.text == *self.saved) {
            *ran = Written::new(&self.name, &text);
        }
        self.text.clone_from(&text);
        self.saved = text;
    }

    /// What its file says by now.
    fn look(&mut self, text: &str) {
        if self.disk.as_deref() == Some(text) {
            return;
        }
        self.disk = Some(text.to_owned());
        self.origin = Origin::Own;
        if text == self.text {
            self.saved = text.to_owned();
            self.conflict = None;
        } else if text != self.saved {
            self.conflict = Some(text.to_owned());
            if self.text == self.saved {
                self.reload();
            }
        }
    }
}

/// The open definitions, one of them in front.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    pub sheets: Vec<Sheet>,
    pub front: usize,
    /// Whether those that suit the store were opened.
    begun: Option<()>,
}

impl Shelf {
    /// Whether it is known what definitions there are.
    pub const fn has_begun(&self) -> bool {
        self.begun.is_some()
    }

    pub fn sheet(&self) -> Option<&Sheet> {
        self.sheets.get(self.front)
    }

    pub fn sheet_mut(&mut self) -> Option<&mut Sheet> {
        self.sheets.get_mut(self.front)
    }

    /// Takes in what definitions there are: opens what suits at first, looks after the files later.
    pub fn take(
        &mut self,
        found: &Definitions,
        (front, drafts): (&str, &BTreeMap<String, String>),
    ) {
        for own in &found.own {
            let open = self.sheets.iter_mut().find(|sheet| sheet.name == *own.name);
            if let Some(sheet) = open {
                sheet.look(&own.text);
            }
        }
        if self.begun.is_some() {
            return;
        }
        self.begun = Some(());
        let own = found.own.iter().map(|own| (own, Origin::Own));
        let bundled = found.bundled.iter().filter(|bundled| bundled.suits);
        let bundled = bundled.map(|bundled| (&bundled.written, Origin::Bundled));
        let is_own = |name: &str| found.own.iter().any(|own| *own.name == *name);
        let bundled = bundled.filter(|(written, _)| !is_own(&written.name));
        let mut all: Vec<_> = bundled.chain(own).collect();
        // Code says more of what a projection can be.
        all.sort_by_key(|(written, _)| written.name.ends_with(".json"));
        let wanted = all.iter().position(|(written, _)| *written.name == *front);
        for (at, (written, origin)) in all.iter().enumerate() {
            let is_draft = drafts.contains_key(&*written.name);
            if at < OPENED || Some(at) == wanted || is_draft {
                self.sheets
                    .push(Sheet::new(&written.name, &written.text, *origin));
            }
        }
        for (name, text) in drafts {
            match self.sheets.iter_mut().find(|sheet| sheet.name == *name) {
                Some(sheet) => sheet.text.clone_from(text),
                None if !is_own(name) && !is_bundled(found, name) => {
                    self.sheets.push(Sheet::new(name, text, Origin::New));
                }
                // It suits another store.
                None => {}
            }
        }
        let named = self.sheets.iter().position(|sheet| sheet.name == front);
        self.front = named.unwrap_or_default();
    }

    /// What would be lost without saving, by name.
    pub fn drafts(&self) -> BTreeMap<String, String> {
        let dirty = self.sheets.iter().filter(|sheet| sheet.is_dirty());
        dirty
            .map(|sheet| (sheet.name.clone(), sheet.text.clone()))
            .collect()
    }

    /// Brings a definition to the front, opened where it is not.
    pub fn open(&mut self, written: &Written, origin: Origin) {
        let open = self
            .sheets
            .iter()
            .position(|sheet| *sheet.name == *written.name);
        self.front = open.unwrap_or_else(|| {
            self.sheets
                .push(Sheet::new(&written.name, &written.text, origin));
            self.sheets.len() - 1
        });
    }

    /// Begins a new one, of code or of a form.
    pub fn add(&mut self, stem: &str, ending: &str, text: Option<&str>) {
        let is_taken = |name: &str| self.sheets.iter().any(|sheet| sheet.name == name);
        let names = (1..).map(|n| match n {
            1 => format!("{stem}.{ending}"),
            n => format!("{stem}-{n}.{ending}"),
        });
        let free = names.into_iter().find(|name| !is_taken(name));
        let name = free.unwrap_or_default();
        self.sheets
            .push(Sheet::new(&name, text.unwrap_or(NEW), Origin::New));
        self.front = self.sheets.len() - 1;
    }

    /// Puts the one in front away.
    pub fn close(&mut self) {
        if self.front < self.sheets.len() {
            self.sheets.remove(self.front);
            self.front = self.front.min(self.sheets.len().saturating_sub(1));
        }
    }

    /// Saves the one in front.
    pub fn save(&mut self, outbox: &mut Outbox) {
        let Some(sheet) = self
            .sheet_mut()
            .filter(|sheet| is_projection_name(&sheet.name))
        else {
            return;
        };
        sheet.saved.clone_from(&sheet.text);
        sheet.origin = Origin::Own;
        sheet.conflict = None;
        outbox.send(Command::SaveProjection(ProjectionFile {
            name: sheet.name.clone(),
            text: sheet.text.clone(),
        }));
    }
}

fn is_bundled(found: &Definitions, name: &str) -> bool {
    let mut bundled = found.bundled.iter();
    bundled.any(|bundled| *bundled.written.name == *name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::Bundled;

    fn found(own: &[(&str, &str)]) -> Definitions {
        let own = own.iter().map(|(name, text)| Written::new(name, text));
        let bundled = |name, suits| Bundled {
            written: Written::new(name, "bundled"),
            suits,
        };
        Definitions {
            per_stream: Vec::new(),
            own: own.collect(),
            bundled: vec![bundled("a.js", true), bundled("b.js", false)],
            trouble: None,
        }
    }

    #[test]
    fn what_suits_is_open_and_drafts_come_back() {
        let mut shelf = Shelf::default();
        let drafts = [
            ("new.js", "draft"),
            ("mine.js", "changed"),
            ("b.js", "elsewhere"),
        ];
        let drafts = drafts.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let drafts = BTreeMap::from(drafts);
        shelf.take(&found(&[("mine.js", "mine")]), ("mine.js", &drafts));
        let names: Vec<&str> = shelf.sheets.iter().map(|sheet| &*sheet.name).collect();
        assert_eq!(names, ["a.js", "mine.js", "new.js"]);
        let front = shelf.sheet().unwrap();
        assert_eq!((&*front.name, &*front.text), ("mine.js", "changed"));
        assert!(front.is_dirty());
        assert_eq!(shelf.drafts().len(), 2);
        shelf.add("new", "js", None);
        assert_eq!(shelf.sheet().unwrap().name, "new-2.js");
        shelf.close();
        assert_eq!(shelf.sheet().unwrap().name, "new.js");
    }

    #[test]
    fn a_file_that_another_program_wrote_is_taken_in() {
        let mut shelf = Shelf::default();
        let none = BTreeMap::new();
        shelf.take(&found(&[("mine.js", "one")]), ("mine.js", &none));
        shelf.take(&found(&[("mine.js", "two")]), ("", &none));
        let mut outbox = Outbox::default();
        assert_eq!(shelf.sheet().unwrap().text, "two");
        // Not over what was written here.
        shelf.sheet_mut().unwrap().text = "here".to_owned();
        shelf.take(&found(&[("mine.js", "three")]), ("", &none));
        let sheet = shelf.sheet().unwrap();
        assert_eq!(
            (&*sheet.text, sheet.conflict.as_deref()),
            ("here", Some("three"))
        );
        // A look from before the saving brings nothing back.
        shelf.save(&mut outbox);
        shelf.take(&found(&[("mine.js", "three")]), ("", &none));
        assert_eq!(shelf.sheet().unwrap().text, "here");
        assert!(!shelf.sheet().unwrap().is_dirty());
        shelf.take(&found(&[("mine.js", "here")]), ("", &none));
        assert!(shelf.sheet().unwrap().conflict.is_none());
    }
}
