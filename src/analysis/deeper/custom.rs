//! A merge in JavaScript: what somebody's own function makes of each field that several sides have written.

use serde_json::{Value, json};

use crate::analysis::causality::Merge;
use crate::analysis::projection::{Limits, ScriptError, WrittenFunction};
use crate::model::Task;

/// What a function makes of the fields of a merge, in their order: `(field, before, sides) => value`, where
/// `sides` are `{ name, value }` in the order in which they came into the log.
///
/// # Errors
/// Where the function does not hold; what it throws of a field stands in that field's place.
pub fn merge_by(
    source: &str,
    merge: &Merge,
    task: &Task,
) -> Result<Vec<Result<Value, ScriptError>>, ScriptError> {
    let function = WrittenFunction::new(source, Limits::default())?;
    let fields = merge.fields.iter().map(|field| {
        let sides = merge.sides.iter().zip(&field.sides);
        let sides: Vec<Value> = sides
            .map(|(side, value)| json!({ "name": side.name, "value": value }))
            .collect();
        let name = Value::String(field.field.clone());
        function.call(&[&name, &field.before, &Value::Array(sides)], task)
    });
    Ok(fields.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::causality::{FieldMerge, MergeKind, MergeSide};

    #[test]
    fn each_field_is_merged_by_the_function() {
        let side = |name: &str| MergeSide {
            name: name.to_owned(),
            positions: Vec::new(),
            events: Vec::new(),
        };
        let field = |name: &str, sides: [Value; 2]| FieldMerge {
            field: name.to_owned(),
            kind: MergeKind::PnCounter,
            before: json!(1),
            last_write: sides[1].clone(),
            sides: sides.to_vec(),
            merged: Value::Null,
            others: Default::default(),
        };
        let merge = Merge {
            stream: "cart-7".to_owned(),
            sides: vec![side("phone"), side("laptop")],
            fields: vec![
                field("/pieces", [json!(3), json!(2)]),
                field("/note", [Value::Null, json!("x")]),
            ],
        };
        let source = "(field, before, sides) => field === '/note' ? sides[0].value.length : Math.max(before, ...sides.map(s => s.value))";
        let made = merge_by(source, &merge, &Task::new()).unwrap();
        assert_eq!(made[0], Ok(json!(3)));
        assert!(
            made[1]
                .as_ref()
                .is_err_and(|told| told.message.contains("TypeError"))
        );
        assert!(merge_by("nothing(", &merge, &Task::new()).is_err());
    }
}
