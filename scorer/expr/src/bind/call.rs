//! Calls of functions and operators: which argument list is meant, and the few that are typed in ways of their own.

use std::cmp::Ordering;

use super::part::{Part, Written, unify};
use super::{BindError, Binder, Binding};
use crate::function::{self, Form, Function, Overload, Special};
use crate::kernel::part::{self as parts, Part as TimePart};
use crate::kernel::print::Nulls;
use crate::kernel::{Kernel, Plain, strftime, truth};
use crate::node::Node;
use crate::parse::tree::{CastFailure, Tree};
use crate::scope::nearest;
use crate::types::Type;

/// A call that is being typed.
struct Call<'a> {
    function: &'static Function,
    name: &'a str,
    at: usize,
}

impl Binder<'_> {
    pub(super) fn call(&self, name: &str, args: &[Tree], at: usize) -> Binding {
        match name {
            "is null" | "is not null" => {
                let kernel: Plain = if name == "is null" { truth::is_null } else { truth::is_not_null };
                let arg = self.bind(&args[0])?.node;
                return Ok(Part::folded(Node::call(Type::Boolean, at, Kernel::Plain(kernel), vec![arg], false)));
            }
            "is unknown" | "is true" | "is false" => {
                let kernel: Plain = match name {
                    "is unknown" => truth::is_null,
                    "is true" => truth::is_true,
                    _ => truth::is_false,
                };
                let arg = self.condition(&args[0])?;
                return Ok(Part::folded(Node::call(Type::Boolean, at, Kernel::Plain(kernel), vec![arg], false)));
            }
            _ => {}
        }
        let Some(function) = function::find(name) else {
            let candidates = nearest(name, &function::names()).into_iter().take(5).collect();
            return Err(BindError::Function { name: name.into(), candidates, position: at });
        };
        let call = Call { function, name, at };
        match &function.form {
            Form::Overloads(overloads) => call.overload(overloads, self.parts(args)?),
            Form::Special(special) => self.special(*special, args, &call),
        }
    }

    fn parts(&self, args: &[Tree]) -> Result<Vec<Part>, BindError> {
        args.iter().map(|arg| self.bind(arg)).collect()
    }

    fn special(&self, special: Special, args: &[Tree], call: &Call<'_>) -> Binding {
        let (least, most) = match special {
            Special::Concat | Special::Coalesce if call.name == "ifnull" => (2, 2),
            Special::Concat | Special::Coalesce | Special::Greatest | Special::Least => (1, usize::MAX),
            Special::ConcatWith => (2, usize::MAX),
            Special::ConcatOperator | Special::NullIf | Special::DatePart | Special::DateTrunc | Special::Strftime => {
                (2, 2)
            }
            Special::If | Special::DateDiff => (3, 3),
            Special::PartOf(_) => (1, 1),
            Special::Syntax => (usize::MAX, usize::MAX),
        };
        if args.len() < least || args.len() > most {
            return Err(call.refusal(&self.parts(args)?));
        }
        match special {
            Special::Coalesce => self.coalesce(args, call.at),
            Special::NullIf => self.null_if(args, call.at),
            Special::If => self.choice(args, call.at),
            Special::Concat => Ok(call.join(self.parts(args)?, Nulls::LeftOut)),
            Special::ConcatOperator => Ok(call.join(self.parts(args)?, Nulls::TakeAll)),
            Special::ConcatWith => call.join_with(self.parts(args)?),
            Special::Greatest => call.extreme(self.parts(args)?, Ordering::Greater),
            Special::Least => call.extreme(self.parts(args)?, Ordering::Less),
            Special::PartOf(part) => call.date_part(part, self.bind(&args[0])?),
            Special::DatePart => match call.part_name(self.bind(&args[0])?)? {
                Some(part) => call.date_part(&part, self.bind(&args[1])?),
                None => Ok(Part::other(Node::null(Type::Double, call.at))),
            },
            Special::DateTrunc | Special::DateDiff => call.of_times(self.parts(args)?, special),
            Special::Strftime | Special::Syntax => call.strftime(self.parts(args)?),
        }
    }
}

impl Call<'_> {
    fn refusal(&self, args: &[Part]) -> BindError {
        BindError::Arguments {
            name: self.name.into(),
            types: args.iter().map(|arg| arg.node.r#type.to_string()).collect(),
            signature: self.function.doc.signature.into(),
            position: self.at,
        }
    }

    /// The argument list whose casts cost least, the first of several.
    fn overload(&self, overloads: &[Overload], args: Vec<Part>) -> Binding {
        let cost = |overload: &Overload| -> Option<u32> {
            if overload.params.len() != args.len() {
                return None;
            }
            args.iter().zip(overload.params).map(|(arg, param)| arg.cost(*param)).sum()
        };
        let best =
            overloads.iter().filter_map(|overload| Some((cost(overload)?, overload))).min_by_key(|(cost, _)| *cost);
        let Some((_, overload)) = best else { return Err(self.refusal(&args)) };
        let args = args.into_iter().zip(overload.params).map(|(arg, param)| arg.coerce(*param));
        let args = args.collect::<Result<Vec<_>, _>>()?;
        Ok(Part::folded(Node::call(overload.result, self.at, Kernel::Plain(overload.kernel), args, overload.fails)))
    }

    fn join(&self, args: Vec<Part>, nulls: Nulls) -> Part {
        let nodes: Vec<Node> = args.into_iter().map(|arg| arg.node).collect();
        let types = nodes.iter().map(|node| node.r#type).collect();
        Part::folded(Node::call(Type::Varchar, self.at, Kernel::Join(types, nulls), nodes, false))
    }

    fn join_with(&self, args: Vec<Part>) -> Binding {
        if !matches!(args[0].node.r#type, Type::Varchar | Type::Null) {
            return Err(self.refusal(&args));
        }
        let mut nodes: Vec<Node> = args.into_iter().map(|arg| arg.node).collect();
        if nodes[0].r#type == Type::Null {
            nodes[0] = Node::null(Type::Varchar, nodes[0].position);
        }
        let types = nodes.iter().map(|node| node.r#type).collect();
        Ok(Part::folded(Node::call(Type::Varchar, self.at, Kernel::JoinWith(types), nodes, false)))
    }

    fn extreme(&self, args: Vec<Part>, wanted: Ordering) -> Binding {
        let (r#type, nodes) = unify(args, "compared", self.at)?;
        Ok(Part::folded(Node::call(r#type, self.at, Kernel::Extreme(wanted, r#type), nodes, false)))
    }

    /// The name of a part, which must stand in the text; `None` for NULL.
    fn part_name(&self, part: Part) -> Result<Option<String>, BindError> {
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

    fn date_part(&self, name: &str, time: Part) -> Binding {
        let position = time.node.position;
        let epoch = TimePart::named(name) == Some(TimePart::Epoch);
        let (kernel, args): (Plain, Vec<Node>) = match time.node.r#type {
            Type::Interval if TimePart::named(name).is_some_and(|part| !part.is_of_intervals()) => {
                let what = format!("an interval has no {name:?}");
                return Err(BindError::Literal { what, position });
            }
            Type::Interval if epoch => (parts::epoch_of_interval, vec![time.node]),
            Type::Interval => (parts::of_interval, vec![text(name, position), time.node]),
            r#type if r#type.is_time() || r#type == Type::Null => {
                let time = self.timestamp(time)?;
                if epoch {
                    (parts::epoch_of_timestamp, vec![time])
                } else {
                    (parts::of_timestamp, vec![text(name, position), time])
                }
            }
            _ => return Err(self.refusal(&[time])),
        };
        let r#type = if epoch { Type::Double } else { Type::BigInt };
        Ok(Part::folded(Node::call(r#type, self.at, Kernel::Plain(kernel), args, false)))
    }

    fn timestamp(&self, time: Part) -> Result<Node, BindError> {
        match time.node.r#type {
            Type::Timestamp | Type::TimestampTz => Ok(time.node),
            Type::Date | Type::Null => super::part::cast(time.node, Type::Timestamp, CastFailure::Error, self.at),
            _ => Err(self.refusal(&[time])),
        }
    }

    /// `date_trunc` and `date_diff`: a part and one or two times.
    fn of_times(&self, args: Vec<Part>, special: Special) -> Binding {
        let refusal = self.refusal(&args);
        let mut args = args.into_iter();
        let (Some(part), Some(first)) = (args.next(), args.next()) else { return Err(refusal) };
        let zoned = first.node.r#type == Type::TimestampTz;
        let (kernel, result): (Plain, Type) = match special {
            Special::DateDiff => (parts::difference, Type::BigInt),
            _ => (parts::truncate, if zoned { Type::TimestampTz } else { Type::Timestamp }),
        };
        let position = part.node.position;
        let Some(name) = self.part_name(part)? else { return Ok(Part::other(Node::null(result, self.at))) };
        let mut nodes = vec![text(&name, position)];
        for time in std::iter::once(first).chain(args) {
            if !time.node.r#type.is_time() && time.node.r#type != Type::Null || time.written == Written::Text {
                return Err(refusal);
            }
            nodes.push(self.timestamp(time)?);
        }
        Ok(Part::folded(Node::call(result, self.at, Kernel::Plain(kernel), nodes, false)))
    }

    /// `strftime(time, format)`, or the two the other way round; the format stands in the text.
    fn strftime(&self, args: Vec<Part>) -> Binding {
        let refusal = self.refusal(&args);
        let Ok([first, second]) = <[Part; 2]>::try_from(args) else { return Err(refusal) };
        let (time, format) = if first.written == Written::Text { (second, first) } else { (first, second) };
        if format.node.is_literal_null() {
            return Ok(Part::other(Node::null(Type::Varchar, self.at)));
        }
        let Some(text) = format.node.literal_text().filter(|_| format.written == Written::Text) else {
            let what = "the format of strftime must be a text in the expression".into();
            return Err(BindError::Literal { what, position: format.node.position });
        };
        strftime::check(text).map_err(|what| BindError::Literal { what, position: format.node.position })?;
        if !time.node.r#type.is_time() && time.node.r#type != Type::Null {
            return Err(refusal);
        }
        let nodes = vec![self.timestamp(time)?, format.node];
        Ok(Part::folded(Node::call(Type::Varchar, self.at, Kernel::Plain(strftime::strftime), nodes, false)))
    }
}

fn text(text: &str, position: usize) -> Node {
    Node::literal(Type::Varchar, position, std::sync::Arc::new(arrow_array::StringArray::from(vec![text])))
}
