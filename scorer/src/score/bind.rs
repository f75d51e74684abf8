//! Settling, before a row is read, how the columns of one month's file become the output's: names, types, what is read,
//! what is computed when.
//!
//! A computed column that `where` needs is computed for every row; all others for the rows that are kept, so that `where`
//! can leave out rows for which they would fail.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef};
use scoring_expr::{Bound, Expression, Scope};
use scoring_model::{Kind, Model, Prepared};

use super::inputs;
use super::{MONTH, PREDICTION, ROW_ID, RUN_ID, ScoreError};
use crate::task::{Computed, Task};

/// How one month is scored.
pub struct Scoring<'m> {
    /// The file's columns to read, by position, ascending. A column's slot is its position.
    pub read: Vec<usize>,
    /// The output's columns.
    pub schema: SchemaRef,
    /// Columns that the model was given and does not use.
    pub ignored: Vec<String>,
    pub(super) before: Vec<Step>,
    pub(super) keep: Option<Step>,
    pub(super) after: Vec<Step>,
    /// Slots that are still needed when the rows are chosen.
    pub(super) carried: Vec<usize>,
    pub(super) inputs: Vec<Input>,
    pub(super) prepared: Prepared<'m>,
    pub(super) outputs: Vec<Step>,
    pub(super) actual: Option<usize>,
    pub(super) added: Added,
}

/// One expression to evaluate, into a slot.
pub(super) struct Step {
    pub(super) path: String,
    pub(super) bound: Bound,
    pub(super) slot: usize,
}

/// One column that the model is given.
pub(super) struct Input {
    pub(super) name: String,
    pub(super) slot: usize,
    pub(super) kind: Kind,
}

/// What the scorer adds to the month's columns, by slot; those that no output column uses are not made.
pub(super) struct Added {
    pub(super) prediction: usize,
    pub(super) row_id: Option<usize>,
    pub(super) run_id: Option<(usize, String)>,
    pub(super) month: Option<usize>,
    pub(super) of: String,
}

/// Settles how a month is scored.
pub fn bind<'m>(
    task: &Task,
    schema: &Schema,
    model: &'m Model,
    run_id: Option<&str>,
) -> Result<Scoring<'m>, ScoreError> {
    let mut scope = Scope::new();
    for field in schema.fields() {
        scope.push(field.name(), field.data_type().clone());
    }
    let computed = bind_computed(&task.compute, &mut scope)?;
    let keep = task.keep.as_ref().map(|keep| bind_keep(keep, &scope)).transpose()?;
    let inputs = bind_inputs(task, model, &scope)?;
    let actual = task.actual.as_deref().map(|name| bind_actual(name, &scope)).transpose()?;
    let kinds: Vec<(String, Kind)> = inputs.iter().map(|input| (input.name.clone(), input.kind)).collect();
    let prepared = model.prepare(&kinds).map_err(ScoreError::Prepare)?;

    let (added, outputs) = bind_outputs(task, &mut scope, run_id)?;
    let ends = slots(&outputs).chain(inputs.iter().map(|input| input.slot)).chain(actual).collect();
    let order = Order::of(computed, keep.as_ref(), ends, schema.fields().len());
    let fields = task.columns.iter().zip(&outputs);
    let fields: Vec<Field> =
        fields.map(|(column, step)| Field::new(&column.name, step.bound.data_type().clone(), true)).collect();
    Ok(Scoring {
        read: order.read,
        schema: Arc::new(Schema::new(fields)),
        ignored: prepared.ignored().into_iter().map(str::to_owned).collect(),
        before: order.before,
        keep,
        after: order.after,
        carried: order.carried,
        inputs,
        prepared,
        outputs,
        actual,
        added,
    })
}

/// What is read, and what is computed when.
struct Order {
    read: Vec<usize>,
    before: Vec<Step>,
    after: Vec<Step>,
    carried: Vec<usize>,
}

impl Order {
    /// The order of the computed columns that lead to `keep` or to these slots, over a file of so many columns.
    fn of(computed: Vec<Step>, keep: Option<&Step>, ends: BTreeSet<usize>, columns: usize) -> Self {
        let early = closure(slots(keep).collect(), &computed);
        let needed = closure(&ends | &early, &computed);
        let (before, after): (Vec<Step>, Vec<Step>) = computed
            .into_iter()
            .filter(|step| needed.contains(&step.slot))
            .partition(|step| early.contains(&step.slot));
        let late: BTreeSet<usize> = slots(&after).chain(ends).collect();
        let made = |slot: &usize| *slot < columns || before.iter().any(|step| step.slot == *slot);
        let carried = late.into_iter().filter(made).collect();
        let read = needed.into_iter().filter(|slot| *slot < columns).collect();
        Self { read, before, after, carried }
    }
}

/// The slots that these steps take their values from.
fn slots<'s>(steps: impl IntoIterator<Item = &'s Step>) -> impl Iterator<Item = usize> {
    steps.into_iter().flat_map(|step| step.bound.slots().iter().copied())
}

/// These slots, and those that the computed ones among them are made from.
fn closure(mut slots: BTreeSet<usize>, computed: &[Step]) -> BTreeSet<usize> {
    for step in computed.iter().rev() {
        if slots.contains(&step.slot) {
            slots.extend(step.bound.slots());
        }
    }
    slots
}

fn bind_one(path: String, expression: &Expression, scope: &Scope) -> Result<Step, ScoreError> {
    match expression.bind(scope) {
        Ok(bound) => Ok(Step { path, bound, slot: usize::MAX }),
        Err(source) => Err(ScoreError::Bind { path, source }),
    }
}

fn bind_computed(compute: &[Computed], scope: &mut Scope) -> Result<Vec<Step>, ScoreError> {
    let mut computed = Vec::with_capacity(compute.len());
    for (index, column) in compute.iter().enumerate() {
        let step = bind_one(format!("features.compute[{index}].expr"), &column.expression, scope)?;
        let slot = scope.push(&column.name, step.bound.data_type().clone());
        computed.push(Step { slot, ..step });
    }
    Ok(computed)
}

fn bind_keep(keep: &Expression, scope: &Scope) -> Result<Step, ScoreError> {
    let step = bind_one("features.where".to_owned(), keep, scope)?;
    match step.bound.data_type() {
        DataType::Boolean => Ok(step),
        other => Err(ScoreError::NotBoolean(other.clone())),
    }
}

fn bind_inputs(task: &Task, model: &Model, scope: &Scope) -> Result<Vec<Input>, ScoreError> {
    let named = |(index, name): (usize, &String)| (name.clone(), format!("features.inputs[{index}]"));
    let own = || model.columns().iter().map(|column| (column.name.clone(), "the model".to_owned())).collect();
    let wanted: Vec<(String, String)> =
        if task.inputs.is_empty() { own() } else { task.inputs.iter().enumerate().map(named).collect() };
    let bind = |(name, asked): (String, String)| {
        let slot = scope.resolve(&name).map_err(|source| ScoreError::Missing { asked, source })?;
        let data_type = scope.data_type(slot);
        let known = model.columns().iter().find(|column| column.name == name);
        match inputs::kind(data_type, known) {
            Some(kind) => Ok(Input { name, slot, kind }),
            None => Err(ScoreError::InputType { name, data_type: data_type.clone() }),
        }
    };
    wanted.into_iter().map(bind).collect()
}

fn bind_actual(name: &str, scope: &Scope) -> Result<usize, ScoreError> {
    let missing = |source| ScoreError::Missing { asked: "output.actual".to_owned(), source };
    let slot = scope.resolve(name).map_err(missing)?;
    match inputs::kind(scope.data_type(slot), None) {
        Some(Kind::Number) => Ok(slot),
        _ => Err(ScoreError::NotNumber { name: name.to_owned(), data_type: scope.data_type(slot).clone() }),
    }
}

fn bind_outputs(task: &Task, scope: &mut Scope, run_id: Option<&str>) -> Result<(Added, Vec<Step>), ScoreError> {
    let prediction = scope.push(PREDICTION, DataType::Float64);
    let row_id = scope.push(ROW_ID, DataType::Utf8);
    let run = scope.push(RUN_ID, DataType::Utf8);
    let month = scope.push(MONTH, DataType::Utf8);
    let mut outputs = Vec::with_capacity(task.columns.len());
    for (index, column) in task.columns.iter().enumerate() {
        let step = bind_one(format!("output.columns[{index}].expr"), &column.expression, scope)?;
        outputs.push(step);
    }
    let used = |slot: usize| outputs.iter().any(|step| step.bound.slots().contains(&slot));
    let run_id = match (used(run), run_id) {
        (false, _) => None,
        (true, Some(run_id)) => Some((run, run_id.to_owned())),
        (true, None) => return Err(ScoreError::NoRunId),
    };
    let added = Added {
        prediction,
        row_id: used(row_id).then_some(row_id),
        run_id,
        month: used(month).then_some(month),
        of: task.month.to_string(),
    };
    Ok((added, outputs))
}
