//! Calls and intervals: a function is a known name with as many plain arguments as it takes, an interval of one unit is a call of the
//! function that makes it. The types of the arguments are for binding to settle.

use sqlparser::ast::{Function, FunctionArg, FunctionArgExpr, FunctionArguments, Interval};

use super::ParseError;
use super::aggregate::instead_of;
use super::convert::Converter;
use super::literal::interval_function;
use super::tree::{Called, Kind, Tree};
use crate::function;
use crate::scope::nearest;
use crate::types::Type;

impl Converter<'_> {
    pub(super) fn function(&mut self, function: Function) -> Result<Kind, ParseError> {
        let [part] = function.name.0.as_slice() else {
            return self.refuse(format!("{} is a qualified name; functions have none", function.name));
        };
        let name = part.to_string().to_lowercase();
        if function.over.is_some() {
            return self.refuse(format!("{name} is used as a window function; an expression sees one row only"));
        }
        if let Some(instead) = instead_of(&name) {
            return self.refuse(format!("`{name}` is an aggregate: an expression sees one row only; {instead}"));
        }
        let list = match function.args {
            FunctionArguments::List(list) if list.duplicate_treatment.is_none() && list.clauses.is_empty() => list.args,
            FunctionArguments::None => {
                return self.refuse(format!("{name} is not a column, and the subset has no clock and no session"));
            }
            _ => return self.refuse(format!("{name} takes plain arguments only: no subquery, DISTINCT or ORDER BY")),
        };
        if function.filter.is_some() || function.null_treatment.is_some() || !function.within_group.is_empty() {
            return self.refuse(format!("{name} is used as an aggregate; an expression sees one row only"));
        }
        let mut args = Vec::new();
        for arg in list {
            match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => args.push(self.tree(expr)?),
                FunctionArg::Unnamed(_) => return self.refuse(format!("{name} is given *; name the columns")),
                _ => return self.refuse(format!("{name} is given a named argument; arguments go by their order")),
            }
        }
        self.called(&name, args)
    }

    /// A call of the function of this name, in lower case.
    pub(super) fn called(&self, name: &str, args: Vec<Tree>) -> Result<Kind, ParseError> {
        let (name, position) = (name.to_owned(), self.position);
        let Some(function) = function::find(&name) else {
            let candidates = nearest(&name, &function::names()).into_iter().take(5).collect();
            return Err(ParseError::Function { name, candidates, position });
        };
        if !function.takes(args.len()) {
            let signature = function.doc.signature.to_owned();
            return Err(ParseError::Arguments { name, given: args.len(), signature, position });
        }
        Ok(Kind::Call(Called { function, name }, args))
    }

    pub(super) fn interval(&mut self, interval: Interval) -> Result<Kind, ParseError> {
        if interval.last_field.is_some() || interval.leading_precision.is_some() {
            return self.refuse("an interval has one unit; write INTERVAL '1 day 02:00:00' for several");
        }
        let value = self.tree(*interval.value)?;
        let Some(field) = interval.leading_field else {
            return match value.kind {
                Kind::Text(text) => Ok(Kind::Typed(Type::Interval, text)),
                _ => self.refuse("an interval is INTERVAL '1 day', INTERVAL 1 DAY or INTERVAL (days) DAY"),
            };
        };
        let unit = field.to_string().to_uppercase();
        let Some(function) = interval_function(&unit) else {
            return self.refuse(format!("{unit} is not a unit of an interval"));
        };
        let value = match value.kind {
            Kind::Text(text) => match text.trim().parse() {
                Ok(count) => Tree::new(value.position, Kind::Integer(count)),
                Err(_) => return self.refuse(format!("INTERVAL {text:?} {unit} is not a whole number of units")),
            },
            _ => value,
        };
        self.called(function, vec![value])
    }
}
