//! What the directory records, in each of its schema versions, and the process of a forgotten
//! password.

use std::time::Duration;

use super::super::super::chance::{HOUR, MINUTE};
use super::super::super::kernel::{Kind, Process, Step, Style};
use super::super::super::truth::Finding;
use super::S;

const USERS: &str = "user-service";
const MAILS: &str = "mail-service";

/// A type in three versions, of which some may have the same payload.
pub type Versions = [Kind; 3];

const fn versions(name: &'static str, fields: [&'static str; 3]) -> Versions {
    let first = Kind::new(name, USERS, fields[0]);
    let second = first.version(2, fields[1]);
    let third = first.version(3, fields[2]);
    [first, second, third]
}

pub static CREATED: Versions = versions(
    "UserCreated",
    [
        "email:s name:s",
        "email:s name:s locale?:s",
        "email:s name:{given:s family:s} locale?:s",
    ],
);
pub static EMAIL: Versions = versions("EmailChanged", ["old:s new:s"; 3]);
pub static NAME: Versions = versions(
    "NameUpdated",
    [
        "old:s new:s",
        "old:s new:s",
        "old:{given:s family:s} new:{given:s family:s}",
    ],
);
/// Until the second release in one line, then in two versions of the old type; from the third on the
/// new type takes its place.
pub static ADDRESS: Versions = versions("AddressChanged", ["old:s~ new:s"; 3]);
pub static ADDRESS_V2: Kind = Kind::new("AddressChangedV2", USERS, "")
    .version(3, "address:{street:s postcode:s city:s country:s} moved:i");
pub static CORRECTED: Kind =
    Kind::new("EmailCorrected", "support-desk", "").version(2, "old:s new:s");
pub static REQUESTED: Kind = Kind::new("PasswordResetRequested", USERS, "")
    .version(2, "requested:{number:i channel:s valid_minutes:i}");
pub static MAILED: Kind =
    Kind::new("PasswordResetMailed", MAILS, "").version(2, "mailed:{number:i template:s}");
pub static RESET: Kind =
    Kind::new("PasswordReset", USERS, "").version(2, "reset:{number:i sessions_ended:i}");
pub static EXPIRED: Kind =
    Kind::new("PasswordResetExpired", USERS, "").version(2, "expired:{number:i}");
pub static SEND_WELCOME: Kind =
    Kind::new("SendWelcomeMail", USERS, "").version(2, "about:s requested_after:i");

/// What an audit may point out, and what belongs to the story.
pub fn inherent(sim: &mut S) {
    sim.inherent(Finding {
        types: vec!["UserCreated", "EmailChanged", "EmailCorrected"],
        detail: Some("names and e-mail addresses".to_owned()),
        ..Finding::named("personal-data")
    });
    sim.inherent(Finding {
        types: vec!["AddressChanged", "AddressChangedV2"],
        detail: Some("postal addresses".to_owned()),
        ..Finding::named("personal-data")
    });
    sim.inherent(Finding {
        types: vec!["UserCreated", "NameUpdated"],
        version: Some(3),
        detail: Some("name is an object instead of a text; upcastable".to_owned()),
        ..Finding::named("breaking-schema-change")
    });
    sim.inherent(Finding {
        types: vec!["AddressChanged", "AddressChangedV2"],
        detail: Some("a new type takes the place of an old one".to_owned()),
        ..Finding::named("breaking-schema-change")
    });
    sim.inherent(Finding {
        types: vec![
            "UserCreated",
            "EmailChanged",
            "NameUpdated",
            "AddressChanged",
        ],
        version: Some(1),
        detail: Some("in the JSON file, the first version has no ids".to_owned()),
        ..Finding::named("missing-metadata")
    });
}

// The steps, by their place in the process.
pub const MAIL: usize = 0;
pub const CHOOSE: usize = 1;

pub static PROCESS: Process = Process {
    id: "password-reset",
    style: Style::Choreography,
    start: &["PasswordResetRequested"],
    steps: &[
        Step {
            name: "mail the link",
            participant: MAILS,
            begins: &["PasswordResetRequested"],
            success: &["PasswordResetMailed"],
            timeout: MINUTE.saturating_mul(15),
            ..Step::PLAIN
        },
        Step {
            name: "choose a password",
            participant: USERS,
            begins: &["PasswordResetMailed"],
            success: &["PasswordReset"],
            failure: &["PasswordResetExpired"],
            timeout: HOUR.saturating_mul(2),
            ..Step::PLAIN
        },
    ],
    timeout: Duration::from_hours(2),
    turned: &[],
    completed: &["PasswordReset"],
    cancelled: &["PasswordResetExpired"],
    parked: &[],
    resumed: &[],
};
