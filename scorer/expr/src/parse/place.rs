//! Where parts of an expression begin, as characters counted from 1. Never recurses: sqlparser's own spans do, over chains of any length.

use sqlparser::ast::{Expr, SetExpr};
use sqlparser::tokenizer::{Location, Span};

/// Where the lines of a text begin, to turn sqlparser's line and column into one count of characters.
pub(super) struct Places {
    lines: Vec<usize>,
    characters: usize,
}

impl Places {
    pub(super) fn new(text: &str) -> Self {
        let mut lines = vec![0];
        lines.extend(text.chars().enumerate().filter(|(_, c)| *c == '\n').map(|(at, _)| at + 1));
        Self { lines, characters: text.chars().count() }
    }

    /// 1-based character of a location; the end of the text for the location of nothing.
    pub(super) fn position(&self, location: Location) -> usize {
        let line = usize::try_from(location.line).unwrap_or(0);
        match line.checked_sub(1).and_then(|line| self.lines.get(line)) {
            Some(start) => start + usize::try_from(location.column).unwrap_or(0),
            None => self.end(),
        }
    }

    pub(super) fn end(&self) -> usize {
        self.characters + 1
    }
}

/// Where the leftmost part that has a place begins.
pub(super) fn start(expr: &Expr) -> Option<Location> {
    let mut expr = expr;
    loop {
        expr = match expr {
            Expr::BinaryOp { left: inner, .. }
            | Expr::IsDistinctFrom(inner, _)
            | Expr::IsNotDistinctFrom(inner, _)
            | Expr::IsNull(inner)
            | Expr::IsNotNull(inner)
            | Expr::IsUnknown(inner)
            | Expr::IsNotUnknown(inner)
            | Expr::IsTrue(inner)
            | Expr::IsNotTrue(inner)
            | Expr::IsFalse(inner)
            | Expr::IsNotFalse(inner)
            | Expr::Nested(inner)
            | Expr::UnaryOp { expr: inner, .. }
            | Expr::Between { expr: inner, .. }
            | Expr::In { expr: inner, .. }
            | Expr::Like { expr: inner, .. }
            | Expr::ILike { expr: inner, .. }
            | Expr::Cast { expr: inner, .. }
            | Expr::Extract { expr: inner, .. }
            | Expr::Ceil { expr: inner, .. }
            | Expr::Floor { expr: inner, .. }
            | Expr::Position { expr: inner, .. }
            | Expr::Substring { expr: inner, .. }
            | Expr::Trim { expr: inner, .. }
            | Expr::AtTimeZone { timestamp: inner, .. }
            | Expr::CompoundFieldAccess { root: inner, .. } => inner,
            Expr::Interval(interval) => &interval.value,
            other => return own(other).map(|span| span.start).filter(|start| start.line > 0),
        };
    }
}

/// The place of a part that has one of its own.
fn own(expr: &Expr) -> Option<Span> {
    match expr {
        Expr::Identifier(name) => Some(name.span),
        Expr::CompoundIdentifier(names) => names.first().map(|name| name.span),
        Expr::Value(value) => Some(value.span),
        Expr::TypedString(typed) => Some(typed.value.span),
        Expr::Function(function) => function.name.0.first().and_then(|part| part.as_ident()).map(|name| name.span),
        Expr::Case { case_token, .. } => Some(case_token.0.span),
        Expr::Wildcard(token) => Some(token.0.span),
        Expr::Subquery(query) => match query.body.as_ref() {
            SetExpr::Select(select) => Some(select.select_token.0.span),
            _ => None,
        },
        _ => None,
    }
}
