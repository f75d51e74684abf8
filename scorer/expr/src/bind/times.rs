//! Calls about dates and times: the part that they name, or their format, stands in the text and is checked here.

use std::sync::Arc;

use arrow_array::StringArray;

use super::call::Call;
use super::part::{Part, Written, cast};
use super::{BindError, Binding};
use crate::function::Special;
use crate::kernel::part::{self as parts, Part as TimePart};
use crate::kernel::{Kernel, Plain, strftime};
use crate::node::Node;
use crate::parse::tree::CastFailure;
use crate::types::Type;

impl Call<'_> {
    /// The name of a part, which must stand in the text; `None` for NULL.
    pub(super) fn part_name(&self, part: &Part) -> Result<Option<String>, BindError> {
        if part.node.is_literal_null() {
            return Ok(None);
        }
        let position = part.node.position;
        let Some(name) = part.node.literal_text() else {
            let what = format!("the part that {} takes must be a text in the expression, such as 'hour'", self.name);
            return Err(BindError::Literal { what, position });
        };
        if TimePart::named(name).is_none() {
            let what = format!("{name:?} is not a part of a date; see {} in the list of functions", self.name);
            return Err(BindError::Literal { what, position });
        }
        Ok(Some(name.into()))
    }

    pub(super) fn date_part(&self, name: &str, time: Part) -> Binding {
        let position = time.node.position;
        let epoch = TimePart::named(name) == Some(TimePart::Epoch);
        let result = if epoch { Type::Double } else { Type::BigInt };
        let kernel: Plain = match time.node.r#type {
            Type::Interval if TimePart::named(name).is_some_and(|part| !part.is_of_intervals()) => {
                return Err(BindError::Literal { what: format!("an interval has no {name:?}"), position });
            }
            Type::Interval if epoch => parts::epoch_of_interval,
            Type::Interval => parts::of_interval,
            Type::Date if epoch => parts::epoch_of_date,
            Type::Timestamp if epoch => parts::epoch_of_timestamp,
            Type::TimestampTz if epoch => parts::epoch_of_zoned,
            Type::Date | Type::Timestamp | Type::TimestampTz => parts::of_time,
            Type::Null => return Ok(Part::other(Node::null(result, self.at))),
            _ => return Err(self.refusal(&[time])),
        };
        let args = if epoch { vec![time.node] } else { vec![text(name, position), time.node] };
        Ok(Part::folded(Node::call(result, self.at, Kernel::Plain(kernel), args, false)))
    }

    /// `date_trunc` and `date_diff`: a part and one or two times.
    pub(super) fn of_times(&self, args: Vec<Part>, special: Special) -> Binding {
        let refusal = self.refusal(&args);
        let mut args = args.into_iter();
        let Some(part) = args.next() else { return Err(refusal) };
        let times: Vec<Node> = args.filter(|arg| arg.written != Written::Text).map(|arg| arg.node).collect();
        let right = |time: &Node| time.r#type.is_time() || time.r#type == Type::Null;
        let count = if special == Special::DateDiff { 2 } else { 1 };
        if times.len() != count || !times.iter().all(right) {
            return Err(refusal);
        }
        let zoned = times.iter().any(|time| time.r#type == Type::TimestampTz);
        let (kernel, result): (Plain, Type) = match special {
            Special::DateDiff => (parts::difference, Type::BigInt),
            _ => (parts::truncate, if zoned { Type::TimestampTz } else { Type::Timestamp }),
        };
        let position = part.node.position;
        let null = || Ok(Part::other(Node::null(result, self.at)));
        let Some(name) = self.part_name(&part)? else { return null() };
        if times.iter().any(|time| time.r#type == Type::Null) {
            return null();
        }
        let dates = special == Special::DateDiff && times.iter().all(|time| time.r#type == Type::Date);
        let wanted = if dates { Type::Date } else { Type::Timestamp };
        let mut nodes = vec![text(&name, position)];
        for time in times {
            nodes.push(cast(time, wanted, CastFailure::Error, self.at)?);
        }
        Ok(Part::folded(Node::call(result, self.at, Kernel::Plain(kernel), nodes, special == Special::DateDiff)))
    }

    /// `strftime(time, format)`, or the two the other way round; the format stands in the text.
    pub(super) fn strftime(&self, args: Vec<Part>) -> Binding {
        let refusal = self.refusal(&args);
        let Ok([first, second]) = <[Part; 2]>::try_from(args) else { return Err(refusal) };
        let (time, format) = if first.written == Written::Text { (second, first) } else { (first, second) };
        if format.node.is_literal_null() || time.node.r#type == Type::Null {
            return Ok(Part::other(Node::null(Type::Varchar, self.at)));
        }
        let Some(text) = format.node.literal_text().filter(|_| format.written == Written::Text) else {
            let what = "the format of strftime must be a text in the expression".into();
            return Err(BindError::Literal { what, position: format.node.position });
        };
        strftime::check(text).map_err(|what| BindError::Literal { what, position: format.node.position })?;
        if !time.node.r#type.is_time() {
            return Err(refusal);
        }
        let nodes = vec![time.node, format.node];
        Ok(Part::folded(Node::call(Type::Varchar, self.at, Kernel::Plain(strftime::strftime), nodes, false)))
    }
}

fn text(text: &str, position: usize) -> Node {
    Node::literal(Type::Varchar, position, Arc::new(StringArray::from(vec![text])))
}
