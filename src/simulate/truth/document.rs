//! A JSON document that is written as it comes: each of its lists goes into a temporary file of its
//! own, and all are put together at the end. Nothing of it is held in memory.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};

use serde::Serialize;
use serde_json::{Map, Value};

/// The lists of the document, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    Injected,
    Inherent,
    Moments,
    Sagas,
    States,
    ReadModel,
}

const LISTS: [(List, &str); 6] = [
    (List::Injected, "injected"),
    (List::Inherent, "inherent"),
    (List::Moments, "moments"),
    (List::Sagas, "sagas"),
    (List::States, "states"),
    (List::ReadModel, "read_model"),
];

#[derive(Debug)]
pub struct Document {
    lists: Vec<BufWriter<File>>,
    /// Begun already, so that a comma is due.
    begun: [bool; LISTS.len()],
    /// The first thing that went wrong; what came after it is lost.
    failed: Option<io::Error>,
}

impl Document {
    /// With empty lists.
    ///
    /// # Errors
    /// Where there is no room for temporary files.
    pub fn new() -> io::Result<Self> {
        let file = |_| Ok(BufWriter::new(tempfile::tempfile()?));
        Ok(Self {
            lists: LISTS.iter().map(file).collect::<io::Result<_>>()?,
            begun: [false; LISTS.len()],
            failed: None,
        })
    }

    /// Adds to a list. An error is told by [`Document::finish`].
    pub fn add(&mut self, list: List, entry: &impl Serialize) {
        if self.failed.is_none()
            && let Err(error) = self.try_add(list as usize, entry)
        {
            self.failed = Some(error);
        }
    }

    fn try_add(&mut self, list: usize, entry: &impl Serialize) -> io::Result<()> {
        let out = &mut self.lists[list];
        let before: &[u8] = if self.begun[list] {
            b",\n    "
        } else {
            b"\n    "
        };
        self.begun[list] = true;
        out.write_all(before)?;
        Ok(serde_json::to_writer(out, entry)?)
    }

    /// Writes the whole: first these members, then the lists.
    ///
    /// # Errors
    /// Also what went wrong earlier.
    pub fn finish(mut self, head: &Map<String, Value>, to: impl Write) -> io::Result<()> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let mut out = BufWriter::new(to);
        out.write_all(b"{")?;
        for (key, value) in head {
            write!(out, "\n  \"{key}\": {value},")?;
        }
        for (list, (_, name)) in self.lists.iter_mut().zip(LISTS) {
            list.flush()?;
            let file = list.get_mut();
            file.seek(SeekFrom::Start(0))?;
            let last = name == LISTS[LISTS.len() - 1].1;
            write!(out, "\n  \"{name}\": [")?;
            io::copy(file, &mut out)?;
            out.write_all(if last { b"\n  ]" } else { b"\n  ]," })?;
        }
        out.write_all(b"\n}\n")?;
        out.flush()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_are_put_together() {
        let mut document = Document::new().expect("temporary files");
        document.add(List::Sagas, &json!({ "id": 1 }));
        document.add(List::Injected, &json!("x"));
        document.add(List::Sagas, &json!({ "id": 2 }));
        let head = json!({ "seed": 3 });
        let head = head.as_object().expect("an object");
        let mut written = Vec::new();
        document.finish(head, &mut written).expect("written");
        let read: Value = serde_json::from_slice(&written).expect("JSON");
        assert_eq!(read["seed"], 3);
        assert_eq!(read["sagas"], json!([{ "id": 1 }, { "id": 2 }]));
        assert_eq!(read["injected"], json!(["x"]));
        assert_eq!(read["read_model"], json!([]));
    }
}
