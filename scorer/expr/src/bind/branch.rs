//! The forms that look at a row no further than they must: CASE, IF, COALESCE, NULLIF.

use super::part::{Part, unify};
use super::{Binder, Binding, compare};
use crate::node::{Kind, Node};
use crate::parse::tree::{Comparison, Tree};
use crate::types::Type;

const BRANCHES: &str = "branches of one expression";

/// Conditions and results in the same order, after the result of ELSE: in that order DuckDB brings them to one type.
fn case_of(operand: Option<Box<Node>>, conditions: Vec<Node>, results: Vec<Part>, at: usize) -> Binding {
    let (r#type, results) = unify(results, BRANCHES, at)?;
    let mut results = results.into_iter();
    let otherwise = Box::new(results.next().unwrap_or_else(|| Node::null(r#type, at)));
    let results: Vec<Node> = results.collect();
    let fails =
        operand.iter().map(Box::as_ref).chain(&conditions).chain(&results).any(|node| node.fails) || otherwise.fails;
    let arms = conditions.into_iter().zip(results).collect();
    Ok(Part::other(Node { r#type, position: at, fails, kind: Kind::Case { operand, arms, otherwise } }))
}

impl Binder<'_> {
    pub(super) fn case(
        &self,
        operand: Option<&Tree>,
        arms: &[(Tree, Tree)],
        otherwise: Option<&Tree>,
        at: usize,
    ) -> Binding {
        let operand = operand.map(|operand| self.bind(operand)).transpose()?;
        let mut conditions = Vec::new();
        let mut results = vec![match otherwise {
            Some(otherwise) => self.bind(otherwise)?,
            None => Part::other(Node::null(Type::Null, at)),
        }];
        for (condition, result) in arms {
            conditions.push(match &operand {
                Some(operand) => {
                    let value = self.bind(condition)?;
                    compare(Comparison::Equal, reference(operand), value, condition.position)?.node
                }
                None => self.condition(condition)?,
            });
            results.push(self.bind(result)?);
        }
        case_of(operand.map(|operand| Box::new(operand.node)), conditions, results, at)
    }

    pub(super) fn choice(&self, args: &[Tree], at: usize) -> Binding {
        let condition = self.condition(&args[0])?;
        case_of(None, vec![condition], vec![self.bind(&args[2])?, self.bind(&args[1])?], at)
    }

    pub(super) fn coalesce(&self, args: &[Tree], at: usize) -> Binding {
        let parts = args.iter().map(|arg| self.bind(arg)).collect::<Result<Vec<_>, _>>()?;
        let (r#type, nodes) = unify(parts, BRANCHES, at)?;
        let fails = nodes.iter().any(|node| node.fails);
        Ok(Part::other(Node { r#type, position: at, fails, kind: Kind::Coalesce(nodes) }))
    }

    /// `CASE a WHEN b THEN NULL ELSE a END`, `a` computed once and of its own type.
    pub(super) fn null_if(&self, args: &[Tree], at: usize) -> Binding {
        let value = self.bind(&args[0])?;
        let equal = compare(Comparison::Equal, reference(&value), self.bind(&args[1])?, at)?.node;
        let results = vec![reference(&value), Part::other(Node::null(Type::Null, at))];
        case_of(Some(Box::new(value.node)), vec![equal], results, at)
    }
}

/// The operand of a CASE as its branches see it: a literal itself, anything else computed once.
fn reference(operand: &Part) -> Part {
    if operand.node.is_literal() {
        return operand.clone();
    }
    let node = Node { fails: false, kind: Kind::Operand, ..Node::null(operand.node.r#type, operand.node.position) };
    Part { node, written: operand.written }
}
