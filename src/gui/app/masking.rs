//! Fields that are not to be seen: chosen by name, or those that the audit finds personal.

use super::App;
use crate::analysis::audit::personal_fields;
use crate::analysis::words::many;
use crate::gui::model::View;
use crate::log::MaskedFields;
use crate::worker::SessionId;

impl App {
    /// Masks these fields of the store that is open, now and when it is opened again.
    pub(super) fn mask(&mut self, fields: MaskedFields) {
        let Some(session) = &mut self.model.session else {
            return;
        };
        session.mask(&fields);
        let count = fields.values().flatten().count() as u64;
        let said = match many(count, "field is masked", "fields are masked") {
            Some(words) => words,
            None => "No field is masked".to_owned(),
        };
        // What was read is to be seen otherwise.
        self.model.answers.bodies.clear();
        self.model.store.masked = fields;
        self.masking = None;
        self.say_done(&said);
        self.save_store();
    }

    /// Masks what the audit finds personal, as soon as it has looked.
    pub(super) fn mask_personal(&mut self) {
        self.masking = self.audited_as();
        self.finish_masking();
        if self.masking.is_some() {
            self.go_to_view(View::Audit);
        }
    }

    /// Masks what was to be masked, if the audit has come.
    pub(super) fn finish_masking(&mut self) {
        if self.masking.is_none() {
            return;
        }
        if self.masking != self.audited_as() {
            self.masking = None;
            return;
        }
        if self.model.answers.audit.unanswered().is_some() {
            // Its view tells why.
            self.masking = None;
            return;
        }
        let audit = self.model.answers.audit.known();
        let own = audit.filter(|(asked, _)| Some(asked.subject.session) == self.masking);
        if let Some((_, found)) = own {
            let fields = personal_fields(&found.schemas);
            self.mask(fields);
        }
    }

    /// As which opening of a store its audit is asked for.
    fn audited_as(&self) -> Option<SessionId> {
        let session = self.model.session.as_ref()?;
        Some(session.unmasked().session)
    }
}
