//! Calls of functions and operators: which argument list is meant, and the few that are typed in ways of their own.

use std::cmp::Ordering;

use super::part::{Part, unify};
use super::{BindError, Binder, Binding};
use crate::function::{Form, Function, Overload, Special};
use crate::kernel::Kernel;
use crate::kernel::print::Nulls;
use crate::node::Node;
use crate::parse::tree::{Called, Tree};
use crate::types::Type;

/// A call that is being typed.
pub(super) struct Call<'a> {
    pub(super) function: &'static Function,
    pub(super) name: &'a str,
    pub(super) at: usize,
}

impl Binder<'_> {
    pub(super) fn call(&self, called: &Called, args: &[Tree], at: usize) -> Binding {
        let call = Call { function: called.function, name: &called.name, at };
        match &called.function.form {
            Form::Overloads(overloads) => call.overload(overloads, self.parts(args)?),
            Form::Special(special) => self.special(*special, args, &call),
        }
    }

    fn parts(&self, args: &[Tree]) -> Result<Vec<Part>, BindError> {
        args.iter().map(|arg| self.bind(arg)).collect()
    }

    fn special(&self, special: Special, args: &[Tree], call: &Call<'_>) -> Binding {
        match special {
            Special::Coalesce | Special::IfNull => self.coalesce(args, call.at),
            Special::NullIf => self.null_if(args, call.at),
            Special::If => self.choice(args, call.at),
            Special::Concat => Ok(call.join(self.parts(args)?, Nulls::LeftOut)),
            Special::ConcatOperator => Ok(call.join(self.parts(args)?, Nulls::TakeAll)),
            Special::ConcatWith => call.join_with(self.parts(args)?),
            Special::Greatest => call.extreme(self.parts(args)?, Ordering::Greater),
            Special::Least => call.extreme(self.parts(args)?, Ordering::Less),
            Special::PartOf(part) => call.date_part(part, self.bind(&args[0])?),
            Special::DatePart => match call.part_name(&self.bind(&args[0])?)? {
                Some(part) => call.date_part(&part, self.bind(&args[1])?),
                None => Ok(Part::other(Node::null(Type::Double, call.at))),
            },
            Special::DateTrunc | Special::DateDiff => call.of_times(self.parts(args)?, special),
            Special::Strftime | Special::Syntax => call.strftime(self.parts(args)?),
        }
    }
}

impl Call<'_> {
    pub(super) fn refusal(&self, args: &[Part]) -> BindError {
        BindError::Arguments {
            name: self.name.into(),
            types: args.iter().map(|arg| arg.node.r#type.to_string()).collect(),
            signature: self.function.doc.signature.into(),
            position: self.at,
        }
    }

    /// The argument list whose casts cost least, the first of several.
    fn overload(&self, overloads: &'static [&'static [Overload]], args: Vec<Part>) -> Binding {
        let cost = |overload: &Overload| -> Option<u32> {
            if overload.params.len() != args.len() {
                return None;
            }
            args.iter().zip(overload.params).map(|(arg, param)| arg.cost(*param)).sum()
        };
        let all = overloads.iter().copied().flatten();
        let best = all.filter_map(|overload| Some((cost(overload)?, overload))).min_by_key(|(cost, _)| *cost);
        let Some((_, overload)) = best else { return Err(self.refusal(&args)) };
        let args = args.into_iter().zip(overload.params).map(|(arg, param)| arg.coerce(*param));
        let args = args.collect::<Result<Vec<_>, _>>()?;
        Ok(Part::folded(Node::call(overload.result, self.at, Kernel::Plain(overload.kernel), args, overload.fails)))
    }

    fn join(&self, args: Vec<Part>, nulls: Nulls) -> Part {
        let nodes: Vec<Node> = args.into_iter().map(|arg| arg.node).collect();
        if nulls == Nulls::TakeAll && nodes.iter().any(|node| node.r#type == Type::Null) {
            return Part::other(Node::null(Type::Varchar, self.at));
        }
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
        let refusal = self.refusal(&args);
        let (r#type, nodes) = unify(args, "compared", self.at)?;
        if r#type == Type::Interval {
            return Err(refusal);
        }
        Ok(Part::folded(Node::call(r#type, self.at, Kernel::Extreme(wanted, r#type), nodes, false)))
    }
}
