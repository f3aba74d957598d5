//! The form of exported files: `render`'s, as the worker asks for it. The worker opens the file.

use std::io::{self, Write};

use serde_json::Value;

use crate::analysis::events::EventRow;
use crate::analysis::streams::StreamRow;
use crate::render::{self, Format, RowWriter};
use crate::worker::ExportForm;

/// Lists as JSON, JSON lines or CSV; a state as JSON in any case.
#[derive(Debug)]
struct Form(RowWriter);

/// The form that a file of this name is to have.
#[must_use]
pub fn export_form(path: &std::path::Path) -> Box<dyn ExportForm> {
    Box::new(Form(RowWriter::new(Format::of(path))))
}

impl ExportForm for Form {
    fn events(&mut self, rows: &[EventRow], to: &mut dyn Write) -> io::Result<()> {
        self.0.add(rows, render::events, to)
    }

    fn streams(&mut self, rows: &[StreamRow], to: &mut dyn Write) -> io::Result<()> {
        self.0.add(rows, render::streams, to)
    }

    fn end(&mut self, to: &mut dyn Write) -> io::Result<()> {
        self.0.end(to)
    }

    fn state(&mut self, state: &Value, to: &mut dyn Write) -> io::Result<()> {
        render::json(state, to)
    }
}
