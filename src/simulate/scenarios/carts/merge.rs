//! What becomes of what two devices did without knowing of each other, and what the last event in
//! the log alone would have made of it.

use serde_json::{Value, json};

use super::state::{ARTICLES, OPTIONS, Op, State};
use super::{Device, Done};
use crate::simulate::truth::Finding;

/// The state that both have a part in.
pub fn merged(base: &State, alone: &[Vec<Done>; 2]) -> State {
    let mut state = base.clone();
    for done in alone.iter().flatten() {
        state.apply(&done.op);
    }
    state
}

/// What the truth says of it: for each field that both have changed, what each has made of it, what
/// the last in the log would leave, and what is right.
pub fn told(base: &State, merged: &State, alone: &[Vec<Done>; 2]) -> Finding {
    let seen = [0, 1].map(|device| {
        let mut state = base.clone();
        alone[device].iter().for_each(|done| state.apply(&done.op));
        state
    });
    let mut merges = Vec::new();
    let both = |touches: &dyn Fn(&Op) -> bool| {
        let one = |done: &[Done]| done.iter().any(|done| touches(&done.op));
        one(&alone[0]) && one(&alone[1])
    };
    // The laptop comes back last, so that its events are the last in the log.
    let last = Device::Laptop as usize;
    let mut tell = |field: String, kind: &str, values: [Value; 2], right: Value| {
        merges.push(json!({
            "field": field,
            "kind": kind,
            "phone": values[0],
            "laptop": values[1],
            "last_write": values[last],
            "merged": right,
        }));
    };
    for (nth, (sku, _)) in ARTICLES.into_iter().enumerate() {
        if both(&|op| matches!(op, Op::Change { article, .. } if *article == nth)) {
            let values = [0, 1].map(|device| json!(seen[device].quantities[nth]));
            let right = json!(merged.quantities[nth]);
            tell(format!("/quantities/{sku}"), "pn-counter", values, right);
        }
    }
    let of_coupons = |op: &Op| matches!(op, Op::Add { .. } | Op::Remove { .. });
    if both(&of_coupons) {
        let names = |state: &State| json!(state.coupon_names().collect::<Vec<_>>());
        let values = [names(&seen[0]), names(&seen[1])];
        tell("/coupons".to_owned(), "or-set", values, names(merged));
    }
    if both(&|op| matches!(op, Op::Deliver { .. })) {
        let option = |state: &State| json!(state.delivery.map(|(option, _)| OPTIONS[option]));
        let values = [option(&seen[0]), option(&seen[1])];
        let kind = "lww-register";
        tell("/delivery/option".to_owned(), kind, values, option(merged));
    }
    Finding {
        positions: alone.iter().flatten().map(|done| done.position).collect(),
        merges,
        ..Finding::named("concurrent-writes")
    }
}
