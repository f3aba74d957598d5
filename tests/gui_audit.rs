//! The Audit view as a user meets it: findings as of the cursor, a finding that is looked at, the event that
//! proves it, a rule that is muted; and the pages that lie under the findings.

mod common;
#[path = "simulate/store.rs"]
#[allow(dead_code, clippy::unwrap_used)]
mod store;

use std::path::PathBuf;

use asof::gui::App;
use asof::gui::model::View;
use asof::simulate::Scenario;
use asof::worker::{Exports, FoundAudit};
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use egui_kittest::{Harness, SnapshotResults};

use common::{can_draw, click, drawn, move_to, open_view, sample, settle};

const ORDERS: &str = "orders.db";
const USERS: &str = "users.json";
const CARTS: &str = "carts.db";

fn audit(store: &str) -> Harness<'static, App> {
    open_view(store, "Audit")
}

/// One of its pages.
fn page(store: &str, name: &str) -> Harness<'static, App> {
    let mut harness = audit(store);
    click(&mut harness, Role::RadioButton, name);
    harness
}

fn found<'h>(harness: &'h Harness<'_, App>) -> &'h FoundAudit {
    let found = harness.state().model().answers.audit.current();
    found.expect("an audit")
}

/// How many findings the rule has as of the cursor.
fn findings(harness: &Harness<'_, App>, rule: &str) -> usize {
    let all = found(harness).report.findings.iter();
    all.filter(|finding| finding.rule == rule).count()
}

/// The text that an export would write, and its ending.
fn exported(harness: &Harness<'_, App>) -> (String, &'static str) {
    match harness.state().exports() {
        Ok((Exports::Text(written), _)) => (written.text, written.ending),
        other => panic!("no text: {other:?}"),
    }
}

#[test]
fn what_is_wrong_is_as_of_the_cursor() {
    let mut harness = audit(ORDERS);
    // One event never came into the outbox at #423, another one later.
    assert_eq!(findings(&harness, "outbox-missing"), 1);
    move_to(&mut harness, "#300");
    assert_eq!(findings(&harness, "outbox-missing"), 0);
}

#[test]
fn the_evidence_leads_to_its_event() {
    let mut harness = audit(ORDERS);
    click(
        &mut harness,
        Role::Button,
        "Event never came into the outbox",
    );
    click(&mut harness, Role::Link, "#423");
    let model = harness.state().model();
    assert_eq!(model.view, View::State);
    let log = model.log().unwrap();
    let selected = model.selection.event.map(|event| log.position(event).0);
    assert_eq!(selected, Some(423));
    // The rest of the evidence is as of the head, and so it stays.
    assert!(model.cursor.is_at_head());
}

#[test]
fn a_muted_rule_is_silent_until_it_is_heard_again() {
    let mut harness = audit(ORDERS);
    click(
        &mut harness,
        Role::Button,
        "Event never came into the outbox",
    );
    let counted = found(&harness).figures.found("outbox-missing");
    click(&mut harness, Role::Button, "Mute rule");
    assert_eq!(findings(&harness, "outbox-missing"), 0);
    // Decisions are taken by what there is, heard or not.
    assert_eq!(found(&harness).figures.found("outbox-missing"), counted);
    // It is this store's affair.
    assert_eq!(harness.state().model().store.muted, ["outbox-missing"]);
    click(&mut harness, Role::Button, "Hear outbox-missing again");
    assert_eq!(findings(&harness, "outbox-missing"), 1);
    assert!(harness.query_by_label("1 rule muted").is_none());
    // The chip beside the counts has a way back as well.
    click(&mut harness, Role::Button, "Mute rule");
    harness.get_by_label("1 rule muted");
    click(&mut harness, Role::Button, "Hear the muted rule again");
    assert!(harness.state().model().store.muted.is_empty());
}

#[test]
fn a_finding_about_a_schema_shows_it_and_leads_to_its_page() {
    let mut harness = audit(USERS);
    click(
        &mut harness,
        Role::Button,
        "Field changed type between versions",
    );
    harness.get_by_label_contains("Schema of ");
    click(&mut harness, Role::RadioButton, "Rule");
    harness.get_by_label_contains("Schema of ");
    click(&mut harness, Role::Button, "Look closer");
    harness.get_by_label("Steps");
}

#[test]
fn the_audit_is_exported_as_of_the_cursor() {
    let mut harness = audit(ORDERS);
    let (text, ending) = exported(&harness);
    assert!(text.starts_with("# Audit of orders.db"), "{text}");
    assert_eq!(ending, "md");
    assert!(text.contains("outbox-missing"), "{text}");
    move_to(&mut harness, "#300");
    let (text, _) = exported(&harness);
    assert!(!text.contains("outbox-missing"), "{text}");
}

#[test]
fn schemas_are_compared_and_exported() {
    let mut harness = page(USERS, "Schema");
    let schemas = &found(&harness).schemas;
    let kind = schemas.types.iter().find(|kind| kind.versions.len() > 1);
    let kind = kind.expect("one that changed");
    let (name, step) = (kind.name.clone(), kind.verdicts[0].clone());
    click(&mut harness, Role::RadioButton, "Changed");
    click(&mut harness, Role::RadioButton, &name);
    harness.get_by_label(&format!("Schema of {name}"));
    let compare = format!("Compare v{} and v{}", step.from, step.to);
    click(&mut harness, Role::Button, &compare);
    click(&mut harness, Role::Button, "Copy the difference");
    let copied = harness.state().copied().unwrap_or_default().to_owned();
    assert!(copied.contains(step.verdict.name()), "{copied}");
    for change in &step.changes {
        assert!(copied.contains(&change.path), "{copied}");
    }
    click(&mut harness, Role::RadioButton, "By time");
    let (text, ending) = exported(&harness);
    assert_eq!(ending, "json");
    assert!(text.contains("json-schema.org"), "{text}");
}

#[test]
fn the_schema_is_as_of_the_cursor() {
    let mut harness = page(USERS, "Schema");
    let versions = |harness: &Harness<'_, App>| -> usize {
        let all = found(harness).schemas.types.iter();
        all.map(|kind| kind.versions.len()).sum()
    };
    let all = versions(&harness);
    move_to(&mut harness, "#30");
    assert!(versions(&harness) < all);
    move_to(&mut harness, "2001");
    harness.get_by_label("No payload is known at the cursor");
}

#[test]
fn causes_are_traced_from_the_selected_event() {
    let mut harness = page(ORDERS, "Causality");
    click(&mut harness, Role::Button, "Take the last event");
    let last = harness.state().model().selection.event;
    assert!(last.is_some());
    let trace = harness.state().model().answers.trace.current();
    let trace = trace.expect("traced");
    assert!(trace.nodes.len() > 1 && trace.nodes.iter().any(|node| Some(node.event) == last));
    let (first, name) = (trace.nodes[0].event, trace.nodes[0].event_type.clone());
    // A click on another event of the tree selects it, and the tree stays.
    let row = format!("{name} {}", trace.nodes[0].position);
    click(&mut harness, Role::Row, &row);
    assert_eq!(harness.state().model().selection.event, Some(first));
    let report = harness
        .state()
        .model()
        .answers
        .trace
        .current()
        .expect("traced");
    assert_eq!(report.nodes[0].event, first);
    let along_causes = report.nodes.len();
    click(&mut harness, Role::RadioButton, "Correlation");
    let report = harness
        .state()
        .model()
        .answers
        .trace
        .current()
        .expect("traced");
    assert!(report.nodes.len() >= along_causes);
    let (text, _) = exported(&harness);
    assert!(text.contains(&name), "{text}");
}

#[test]
fn a_trace_is_as_of_the_cursor() {
    let mut harness = page(ORDERS, "Causality");
    click(&mut harness, Role::Button, "Take the last event");
    move_to(&mut harness, "#5");
    harness.get_by_label("This event was not known yet at the cursor");
    click(&mut harness, Role::Button, "Move the cursor to it");
    let trace = harness
        .state()
        .model()
        .answers
        .trace
        .current()
        .expect("traced");
    assert!(!trace.nodes.is_empty());
}

#[test]
fn concurrent_writes_stand_side_by_side() {
    let mut harness = page(CARTS, "Causality");
    click(&mut harness, Role::Tab, "Clocks and orders");
    harness.get_by_label("Orders against that of the log");
    click(&mut harness, Role::Tab, "Concurrent writes");
    harness.get_by_label("Last in the log, which a fold keeps");
    let pair = found(&harness)
        .deeper
        .conflicts
        .shown
        .last()
        .expect("a conflict")
        .clone();
    let answers = &harness.state().model().answers;
    assert!(!answers.sides.current().expect("read").fields.is_empty());
    // The function that stands there makes something of every field of the first conflict.
    let (asked, made) = answers.own_merge.known().expect("merged");
    let made = made.as_ref().expect("a function that holds");
    assert_eq!(made.len(), asked.merge.fields.len());
    assert!(made.iter().all(Result::is_ok));
    let [_, last] = pair.last_writes().expect("two sides");
    let side = |side: &asof::analysis::deeper::Writer| {
        let own = side.writes.iter().take(3);
        let own = own.map(|place| format!("#{}", place.position.position.0));
        let more = if side.writes.len() > 3 { " …" } else { "" };
        format!("{} {}{more}", side.name, own.collect::<Vec<_>>().join(" "))
    };
    let sides = pair.sides.iter().map(side).collect::<Vec<_>>().join(" | ");
    let name = format!("{}: {sides}", last.stream);
    if harness
        .query_by_role_and_label(Role::RadioButton, &name)
        .is_some()
    {
        click(&mut harness, Role::RadioButton, &name);
    }
    move_to(&mut harness, "#2");
    harness.get_by_label_contains("No two writes are known to be concurrent at the cursor");
}

#[test]
fn a_window_of_ids_leads_to_findings_and_to_the_test_of_handlers() {
    let mut harness = page(ORDERS, "Idempotency");
    harness.get_by_label("What a dedup window would have caught");
    let twice = found(&harness).figures.found("processed-twice");
    let other = found(&harness).report.findings.iter();
    let rules = [
        "processed-twice",
        "duplicate-id-same-content",
        "duplicate-content-new-id",
    ];
    let rule = other.map(|own| own.rule).find(|rule| rules.contains(rule));
    if let Some(rule) = rule {
        click(&mut harness, Role::Link, &format!("Look at {rule}"));
        harness.get_by_label("Why it matters");
        click(&mut harness, Role::RadioButton, "Idempotency");
    }
    harness.get_by_label(&format!("Processed twice by one consumer: {twice}"));
    let name = "Run a projection twice and shuffled";
    let button = harness.get_by_role_and_label(Role::Button, name);
    button.scroll_to_me();
    settle(&mut harness);
    click(&mut harness, Role::Button, name);
    assert_eq!(harness.state().model().view, View::Projections);
}

#[test]
fn what_compaction_keeps_is_told_by_the_chosen_key() {
    let mut harness = page("bank.db", "Storage");
    let by_stream = found(&harness).report.storage.clone();
    assert_eq!(by_stream.by, "stream");
    let long = by_stream
        .long
        .first()
        .expect("a long stream")
        .stream
        .clone();
    click(&mut harness, Role::RadioButton, "Type in a stream");
    let by_type = found(&harness).report.storage.clone();
    assert_eq!(by_type.by, "type");
    assert!(by_type.keeps.events > by_stream.keeps.events);
    click(&mut harness, Role::RadioButton, "Field");
    let field = "Field of the payload to compact by";
    let field = harness.get_by_role_and_label(Role::TextInput, field);
    field.focus();
    field.type_text("/owner");
    settle(&mut harness);
    harness.key_press(egui::Key::Enter);
    settle(&mut harness);
    let by_field = found(&harness).report.storage.clone();
    assert_eq!(by_field.by, "/owner");
    let link = harness.get_by_role_and_label(Role::Link, &long);
    link.scroll_to_me();
    settle(&mut harness);
    click(&mut harness, Role::Link, &long);
    assert_eq!(harness.state().model().view, View::State);
}

#[test]
fn advice_is_filled_in_answered_and_exported() {
    let mut harness = page(ORDERS, "How to choose");
    let advice = harness.state().model().answers.advice.current();
    let decision = advice.expect("filled in").decisions[3].clone();
    assert!(!decision.criteria.is_empty());
    click(&mut harness, Role::RadioButton, decision.title);
    harness.get_by_label("What it cannot know");
    let (before, ending) = exported(&harness);
    assert_eq!(ending, "md");
    assert!(before.contains("*not answered*"));
    let answer = decision.questions[0].answers[0].0;
    // The questions stand below what the store shows.
    let reply = harness.get_by_role_and_label(Role::RadioButton, answer);
    reply.scroll_to_me();
    settle(&mut harness);
    click(&mut harness, Role::RadioButton, answer);
    let (after, _) = exported(&harness);
    assert!(
        after.contains(&format!("{} **{answer}**", decision.questions[0].text)),
        "{after}"
    );
    move_to(&mut harness, "#3");
    settle(&mut harness);
    let advice = harness
        .state()
        .model()
        .answers
        .advice
        .current()
        .expect("filled in");
    let own = advice
        .decisions
        .iter()
        .find(|own| own.key == decision.key)
        .expect("there");
    assert_ne!(own.criteria, decision.criteria);
}

#[test]
fn a_store_without_events_says_so_on_every_page() {
    let mut harness = page(USERS, "Schema");
    move_to(&mut harness, "2001");
    for name in [
        "Schema",
        "Causality",
        "Idempotency",
        "Storage",
        "How to choose",
        "Findings",
    ] {
        click(&mut harness, Role::RadioButton, name);
    }
    harness.get_by_label("Nothing to report as of the cursor");
}

type Steps = fn(&mut Harness<'_, App>);

/// A shop to which everything was done.
const FAULTY: &str = "faulty";

fn take_the_event_of_the_cursor(harness: &mut Harness<'_, App>) {
    let is_it = |label: &String| label.starts_with("Take #");
    let buttons = harness.get_all_by_role(Role::Button);
    let mut labels = buttons.filter_map(|button| button.accesskit_node().label());
    let label = labels.find(is_it).expect("a button");
    drop(labels);
    click(harness, Role::Button, &label);
}

/// Pages, each with what is done to get there.
const PAGES: [(&str, &str, Steps); 8] = [
    ("schema", USERS, |h| open(h, "Schema")),
    ("schema_time", USERS, |h| {
        open(h, "Schema");
        click(h, Role::RadioButton, "By time");
    }),
    ("trace", ORDERS, |h| {
        move_to(h, "2024-12-02 12:00");
        open(h, "Causality");
        take_the_event_of_the_cursor(h);
    }),
    ("clocks", FAULTY, |h| {
        open(h, "Causality");
        click(h, Role::Tab, "Clocks and orders");
    }),
    ("conflicts", CARTS, |h| {
        open(h, "Causality");
        click(h, Role::Tab, "Concurrent writes");
    }),
    ("idempotency", FAULTY, |h| open(h, "Idempotency")),
    ("storage", "bank.db", |h| open(h, "Storage")),
    ("advisor", ORDERS, |h| {
        open(h, "How to choose");
        click(h, Role::RadioButton, "Choreography or orchestration");
    }),
];

fn open(harness: &mut Harness<'_, App>, name: &str) {
    click(harness, Role::Button, "Audit");
    click(harness, Role::RadioButton, name);
}

#[test]
fn the_deeper_pages_look_as_they_did() {
    if !can_draw() {
        return;
    }
    let faulty = store::faulty(Scenario::OrdersChoreographed, 800, 2, 3);
    let path = |name: &str| -> PathBuf {
        match name {
            FAULTY => faulty.path.clone(),
            name => sample(name),
        }
    };
    let mut results = SnapshotResults::new();
    for (name, store, steps) in PAGES {
        for (theme, word) in [(egui::Theme::Dark, "dark"), (egui::Theme::Light, "light")] {
            let mut harness = drawn(vec![path(store)], theme, [1440.0, 900.0]);
            steps(&mut harness);
            results.add(harness.try_snapshot(format!("audit_{name}_{word}")));
        }
    }
}

/// `cargo test --test gui_audit -- --ignored` draws them for looking at, small and large, into a folder
/// that is named by `ASOF_LOOK`.
#[test]
#[ignore = "for looking at"]
fn the_deeper_pages_in_other_sizes() {
    let Ok(folder) = std::env::var("ASOF_LOOK") else {
        return;
    };
    let faulty = store::faulty(Scenario::OrdersChoreographed, 800, 2, 3);
    for (name, store, steps) in PAGES {
        for size in [[1280.0, 720.0], [2560.0, 1440.0]] {
            let path = match store {
                FAULTY => faulty.path.clone(),
                name => sample(name),
            };
            let mut harness = drawn(vec![path], egui::Theme::Dark, size);
            steps(&mut harness);
            let picture = harness.render().expect("a picture");
            let file = format!("{folder}/{name}_{}.png", size[0]);
            picture.save(file).expect("written");
        }
    }
}
