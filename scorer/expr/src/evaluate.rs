//! Walks a typed expression over a batch. A row is looked at only as far as it must be: a branch that CASE does not take, the right of
//! an AND that is already false, what COALESCE no longer needs, raise nothing there.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BooleanArray, UInt32Array, new_empty_array};
use arrow_schema::ArrowError;
use thiserror::Error;

use crate::cast;
use crate::column;
use crate::frame::Frame;
use crate::kernel::map::MAX_TEXT_BYTES;
use crate::node::{Junction, Kind, Node};
use crate::problem::Problem;
use crate::value::Value;

/// A row whose values an expression cannot be computed from.
#[derive(Debug, Error)]
#[error("row {row} of the batch, character {position} of the expression")]
pub struct EvaluateError {
    /// 0-based row within the batch.
    pub row: usize,
    /// 1-based character of the expression where the part that failed begins.
    pub position: usize,
    /// What is wrong with the row's values.
    #[source]
    pub problem: Problem,
}

/// What a kernel says when it fails: the row among those it was given.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) row: usize,
    pub(crate) problem: Problem,
}

impl Failure {
    pub(crate) fn at(row: usize) -> impl Fn(Problem) -> Self {
        move |problem| Self { row, problem }
    }
}

impl From<ArrowError> for Failure {
    fn from(source: ArrowError) -> Self {
        Self { row: 0, problem: Problem::Arrange(source) }
    }
}

/// The rows that are being looked at.
#[derive(Clone, Copy)]
struct Rows<'a> {
    frame: &'a Frame,
    count: usize,
    /// Which rows of the frame they are; all of them where there is no pick.
    pick: Option<&'a UInt32Array>,
    /// The operand of the CASE around, for these rows.
    operand: Option<&'a Value>,
}

type Evaluated = Result<Value, EvaluateError>;

/// One value per row of the frame.
pub(crate) fn evaluate(node: &Node, frame: &Frame) -> Result<ArrayRef, EvaluateError> {
    if frame.rows() == 0 {
        return Ok(new_empty_array(&node.r#type.physical()));
    }
    let rows = Rows { frame, count: frame.rows(), pick: None, operand: None };
    let value = rows.value(node)?;
    value.spread(rows.count).map_err(|failure| rows.error(node, failure))
}

impl Rows<'_> {
    fn error(&self, node: &Node, failure: Failure) -> EvaluateError {
        let row = self.pick.map_or(failure.row, |pick| pick.value(failure.row) as usize);
        EvaluateError { row, position: node.position, problem: failure.problem }
    }

    fn value(&self, node: &Node) -> Evaluated {
        match &node.kind {
            Kind::Literal(value) => Ok(value.clone()),
            Kind::Column(slot) => self.column(*slot).map_err(|failure| self.error(node, failure)),
            Kind::Operand => Ok(self.operand.map_or_else(|| Value::null(node.r#type), Value::clone)),
            Kind::Call(kernel, args) => {
                let args = args.iter().map(|arg| self.value(arg)).collect::<Result<Vec<_>, _>>()?;
                let once = args.iter().all(Value::is_same);
                let rows = if once { 1 } else { self.count };
                let array = kernel.run(&args, rows).map_err(|failure| self.error(node, failure))?;
                let array = column::scaled(array, node.r#type);
                Ok(if once { Value::Same(array) } else { Value::Each(array) })
            }
            Kind::Cast(input, failure) => {
                let value = self.value(input)?;
                let rows = if value.is_same() { 1 } else { self.count };
                let array = cast::cast(&value, rows, (input.r#type, node.r#type), *failure);
                let array = array.map_err(|failure| self.error(node, failure))?;
                Ok(if value.is_same() { Value::Same(array) } else { Value::Each(array) })
            }
            Kind::Logic(junction, parts) => self.logic(*junction, parts),
            Kind::Case { operand, arms, otherwise } => {
                let operand = operand.as_ref().map(|operand| self.value(operand)).transpose()?;
                Rows { operand: operand.as_ref().or(self.operand), ..*self }.case(node, arms, otherwise)
            }
            Kind::Coalesce(parts) => self.coalesce(node, parts),
        }
    }

    fn column(&self, slot: usize) -> Result<Value, Failure> {
        let column = self.frame.get(slot).ok_or_else(|| Failure {
            row: 0,
            problem: Problem::Column { slot, found: "no column".into(), expected: "one".into() },
        })?;
        let value = match self.pick {
            Some(pick) => arrow_select::take::take(column, pick, None)?,
            None => column.clone(),
        };
        column::plain(&value).map(Value::Each)
    }

    /// Evaluates a node on some of these rows, given by their number here.
    fn on<T>(
        &self,
        some: &[u32],
        look: impl FnOnce(&Rows<'_>) -> Result<T, EvaluateError>,
    ) -> Result<T, EvaluateError> {
        if some.len() == self.count {
            return look(self);
        }
        let here = UInt32Array::from(some.to_vec());
        let operand = self.operand.map(|operand| operand.at(&here)).transpose();
        let operand = operand.map_err(|failure| EvaluateError { row: 0, position: 1, problem: failure.problem })?;
        let pick = match self.pick {
            Some(pick) => UInt32Array::from_iter_values(some.iter().map(|row| pick.value(*row as usize))),
            None => here,
        };
        look(&Rows { frame: self.frame, count: some.len(), pick: Some(&pick), operand: operand.as_ref() })
    }

    /// AND and OR with three truths. A part that cannot fail is computed for all rows, for that is faster.
    fn logic(&self, junction: Junction, parts: &[Node]) -> Evaluated {
        let mut truths: Vec<Option<bool>> = vec![Some(!junction.decisive()); self.count];
        for part in parts {
            let open = (0..self.count as u32).filter(|row| truths[*row as usize] != Some(junction.decisive()));
            let open: Vec<u32> = if part.fails { open.collect() } else { (0..self.count as u32).collect() };
            if open.is_empty() {
                break;
            }
            let value = self.on(&open, |rows| rows.value(part))?;
            let found = value.truths();
            for (at, row) in open.iter().enumerate() {
                let truth = &mut truths[*row as usize];
                *truth = join(junction, *truth, found.get(at));
            }
        }
        Ok(Value::Each(std::sync::Arc::new(BooleanArray::from(truths))))
    }

    fn case(&self, node: &Node, arms: &[(Node, Node)], otherwise: &Node) -> Evaluated {
        let mut open: Vec<u32> = (0..self.count as u32).collect();
        let mut pieces = Pieces::new(self.count);
        for (condition, result) in arms {
            if open.is_empty() {
                break;
            }
            let value = self.on(&open, |rows| rows.value(condition))?;
            let holds = value.truths();
            let (mut taken, mut rest) = (Vec::new(), Vec::new());
            for (at, row) in open.iter().enumerate() {
                if holds.get(at) == Some(true) { taken.push(*row) } else { rest.push(*row) }
            }
            open = rest;
            if !taken.is_empty() {
                pieces.add(&taken, self.on(&taken, |rows| rows.value(result))?);
            }
        }
        if !open.is_empty() {
            pieces.add(&open, self.on(&open, |rows| rows.value(otherwise))?);
        }
        pieces.join().map_err(|failure| self.error(node, failure))
    }

    fn coalesce(&self, node: &Node, parts: &[Node]) -> Evaluated {
        let mut open: Vec<u32> = (0..self.count as u32).collect();
        let mut pieces = Pieces::new(self.count);
        for (index, part) in parts.iter().enumerate() {
            if open.is_empty() {
                break;
            }
            let value = self.on(&open, |rows| rows.value(part))?;
            let last = index + 1 == parts.len();
            let rest = if last {
                Vec::new()
            } else {
                open.iter().enumerate().filter(|(at, _)| value.is_null(*at)).map(|(_, row)| *row).collect()
            };
            pieces.add(&open, value);
            open = rest;
        }
        pieces.join().map_err(|failure| self.error(node, failure))
    }
}

fn join(junction: Junction, left: Option<bool>, right: Option<bool>) -> Option<bool> {
    let decisive = Some(junction.decisive());
    if left == decisive || right == decisive { decisive } else { left.and(right) }
}

/// The values of some rows each, put together to a value per row. What is added later for a row replaces what it had.
struct Pieces {
    values: Vec<Value>,
    sources: Vec<(usize, usize)>,
}

impl Pieces {
    fn new(rows: usize) -> Self {
        Self { values: Vec::new(), sources: vec![(0, 0); rows] }
    }

    fn add(&mut self, rows: &[u32], value: Value) {
        for (at, row) in rows.iter().enumerate() {
            self.sources[*row as usize] = (self.values.len(), if value.is_same() { 0 } else { at });
        }
        self.values.push(value);
    }

    /// One long text taken for many rows could pass every bound.
    fn bound_text(&self) -> Result<(), Failure> {
        let texts: Vec<_> = self.values.iter().map(|value| value.array().as_string_opt::<i32>()).collect();
        let mut bytes = 0;
        for (row, (piece, at)) in self.sources.iter().enumerate() {
            bytes += texts[*piece].map_or(0, |texts| texts.value_length(*at) as usize);
            if bytes > MAX_TEXT_BYTES {
                return Err(Failure { row, problem: Problem::TooLong { limit: MAX_TEXT_BYTES } });
            }
        }
        Ok(())
    }

    fn join(self) -> Result<Value, Failure> {
        if let [Value::Each(_)] = self.values.as_slice() {
            return Ok(self.values.into_iter().next().expect("there is one value"));
        }
        self.bound_text()?;
        let arrays: Vec<&dyn Array> = self.values.iter().map(|value| value.array().as_ref()).collect();
        if arrays.iter().all(|array| array.as_any_dictionary_opt().is_none() && array.data_type().is_null()) {
            return Ok(Value::Same(arrow_array::new_null_array(&arrow_schema::DataType::Null, 1)));
        }
        Ok(Value::Each(arrow_select::interleave::interleave(&arrays, &self.sources)?))
    }
}
