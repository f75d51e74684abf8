//! sqlparser's tree to ours. Chains of operators are walked in a loop, for sqlparser builds them without a bound of its own;
//! everything else is as deep as sqlparser recursed. What the subset does not have is refused here, with its position.

use sqlparser::ast::{
    BinaryOperator, CaseWhen, CastKind, CeilFloorKind, DateTimeField, Expr, Ident, InTarget, TrimWhereField,
    UnaryOperator, Value,
};

use super::literal::{literal, named_type};
use super::place::{Places, start};
use super::tree::{CastFailure, Comparison, Kind, Tree, Truth};
use super::{MAX_DEPTH, Name, ParseError};

/// The tree, and the names of columns in the order in which they stand.
pub(super) fn convert(expr: Expr, places: &Places) -> Result<(Tree, Vec<Name>), ParseError> {
    let mut converter = Converter { places, names: Vec::new(), position: 1, depth: 0 };
    let tree = converter.tree(expr)?;
    converter.names.sort_by_key(|name| name.position);
    Ok((tree, converter.names))
}

pub(super) struct Converter<'a> {
    places: &'a Places,
    names: Vec<Name>,
    /// Where the innermost part that has a place of its own begins.
    pub(super) position: usize,
    /// Parts around the one that is being converted.
    depth: usize,
}

type Converted = Result<Tree, ParseError>;

impl Converter<'_> {
    pub(super) fn refuse<T>(&self, what: impl Into<String>) -> Result<T, ParseError> {
        Err(ParseError::Unsupported { what: what.into(), position: self.position })
    }

    pub(super) fn tree(&mut self, expr: Expr) -> Converted {
        if self.depth == MAX_DEPTH {
            return Err(ParseError::TooDeep);
        }
        self.depth += 1;
        let outer = self.position;
        if let Some(start) = start(&expr) {
            self.position = self.places.position(start);
        }
        let kind = self.kind(expr);
        self.depth -= 1;
        let position = std::mem::replace(&mut self.position, outer);
        kind.map(|kind| Tree::new(position, kind))
    }

    fn boxed(&mut self, expr: Box<Expr>) -> Result<Box<Tree>, ParseError> {
        self.tree(*expr).map(Box::new)
    }

    fn trees(&mut self, exprs: impl IntoIterator<Item = Expr>) -> Result<Vec<Tree>, ParseError> {
        exprs.into_iter().map(|expr| self.tree(expr)).collect()
    }

    fn call(&mut self, name: &str, args: impl IntoIterator<Item = Box<Expr>>) -> Result<Kind, ParseError> {
        let args = self.trees(args.into_iter().map(|arg| *arg))?;
        self.called(name, args)
    }

    fn is(&mut self, truth: Truth, value: Box<Expr>) -> Result<Kind, ParseError> {
        Ok(Kind::Is(truth, self.boxed(value)?))
    }

    fn negated(&self, kind: Kind, negated: bool) -> Kind {
        Tree::new(self.position, kind).negated(negated).kind
    }

    fn kind(&mut self, expr: Expr) -> Result<Kind, ParseError> {
        match expr {
            Expr::Identifier(name) => Ok(self.column(name)),
            Expr::Value(value) => literal(value.value).or_else(|what| self.refuse(what)),
            Expr::Nested(inner) => self.tree(*inner).map(|tree| tree.kind),
            Expr::BinaryOp { .. } => self.chain(expr),
            Expr::UnaryOp { op, expr } => self.unary(op, expr),
            Expr::IsNull(value) => self.is(Truth::Null, value),
            Expr::IsNotNull(value) => self.is(Truth::NotNull, value),
            Expr::IsUnknown(value) => self.is(Truth::Unknown, value),
            Expr::IsNotUnknown(value) => self.is(Truth::Unknown, value).map(|kind| self.negated(kind, true)),
            Expr::IsTrue(value) => self.is(Truth::True, value),
            Expr::IsNotTrue(value) => self.is(Truth::True, value).map(|kind| self.negated(kind, true)),
            Expr::IsFalse(value) => self.is(Truth::False, value),
            Expr::IsNotFalse(value) => self.is(Truth::False, value).map(|kind| self.negated(kind, true)),
            Expr::IsDistinctFrom(left, right) => self.compare(Comparison::Distinct, left, right),
            Expr::IsNotDistinctFrom(left, right) => self.compare(Comparison::NotDistinct, left, right),
            Expr::Between { expr, negated, low, high } => {
                let three = [self.tree(*expr)?, self.tree(*low)?, self.tree(*high)?];
                Ok(self.negated(Kind::Between(Box::new(three)), negated))
            }
            Expr::In { expr, target, negated, global: false } => self.among(*expr, target, negated),
            Expr::Like { negated, any: false, expr, pattern, escape_char } => self
                .call("like", [expr, pattern].into_iter().chain(escape_char))
                .map(|kind| self.negated(kind, negated)),
            Expr::ILike { negated, any: false, expr, pattern, escape_char } => self
                .call("ilike", [expr, pattern].into_iter().chain(escape_char))
                .map(|kind| self.negated(kind, negated)),
            Expr::Case { operand, conditions, else_result, .. } => self.case(operand, conditions, else_result),
            Expr::Function(function) => self.function(function),
            other => self.keyword_form(other),
        }
    }

    /// Forms that SQL spells with words of its own.
    fn keyword_form(&mut self, expr: Expr) -> Result<Kind, ParseError> {
        match expr {
            Expr::Cast { kind, expr, data_type, format: None } => {
                let failure = match kind {
                    CastKind::Cast | CastKind::DoubleColon => CastFailure::Error,
                    CastKind::TryCast => CastFailure::Null,
                    CastKind::SafeCast => return self.refuse("SAFE_CAST is not supported; write TRY_CAST"),
                };
                let to = named_type(&data_type).or_else(|what| self.refuse(what))?;
                Ok(Kind::Cast { value: self.boxed(expr)?, to, failure })
            }
            Expr::TypedString(typed) => {
                let to = named_type(&typed.data_type).or_else(|what| self.refuse(what))?;
                match typed.value.value {
                    Value::SingleQuotedString(text) => Ok(Kind::Typed(to, text)),
                    other => self.refuse(format!("{other} is not a text in single quotes")),
                }
            }
            Expr::Interval(interval) => self.interval(interval),
            Expr::Extract { field, expr, .. } => {
                let part = Tree::new(self.position, Kind::Text(field_name(&field)));
                let time = self.tree(*expr)?;
                self.called("date_part", vec![part, time])
            }
            other => self.function_form(other),
        }
    }

    /// Functions whose arguments may stand between words.
    fn function_form(&mut self, expr: Expr) -> Result<Kind, ParseError> {
        match expr {
            Expr::Ceil { expr, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) } => {
                self.call("ceil", [expr])
            }
            Expr::Floor { expr, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) } => {
                self.call("floor", [expr])
            }
            Expr::Position { expr, r#in } => self.call("strpos", [r#in, expr]),
            Expr::Substring { expr, substring_from: Some(from), substring_for, .. } => {
                self.call("substring", [expr, from].into_iter().chain(substring_for))
            }
            Expr::Trim { expr, trim_where, trim_what, trim_characters } => {
                let name = match trim_where {
                    None | Some(TrimWhereField::Both) => "trim",
                    Some(TrimWhereField::Leading) => "ltrim",
                    Some(TrimWhereField::Trailing) => "rtrim",
                };
                self.call(
                    name,
                    [expr].into_iter().chain(trim_what).chain(trim_characters.into_iter().flatten().map(Box::new)),
                )
            }
            other => self.refuse(unsupported(&other)),
        }
    }

    fn column(&mut self, name: Ident) -> Kind {
        self.names.push(Name { text: name.value.clone(), position: self.position });
        Kind::Column(name.value)
    }

    /// A chain of operators, `a + b + c`: sqlparser hangs it from its left end, and bounds its length by nothing.
    fn chain(&mut self, expr: Expr) -> Result<Kind, ParseError> {
        let mut links = Vec::new();
        let mut left = expr;
        while let Expr::BinaryOp { left: inner, op, right } = left {
            links.push((op, right));
            left = *inner;
        }
        let mut tree = self.tree(left)?;
        let mut compared = false;
        for (op, right) in links.into_iter().rev() {
            let comparison = comparison(&op);
            if comparison.is_some() && compared {
                return self.refuse("comparisons cannot be chained; join them with AND");
            }
            compared = comparison.is_some();
            let right = self.tree(*right)?;
            tree = Tree::new(tree.position, self.link(&op, tree, right)?);
        }
        Ok(tree.kind)
    }

    fn link(&self, op: &BinaryOperator, left: Tree, right: Tree) -> Result<Kind, ParseError> {
        if let Some(comparison) = comparison(op) {
            return Ok(Kind::Compare(comparison, Box::new(left), Box::new(right)));
        }
        Ok(match op {
            BinaryOperator::And => match left.kind {
                Kind::And(mut all) => {
                    all.push(right);
                    Kind::And(all)
                }
                kind => Kind::And(vec![Tree { kind, ..left }, right]),
            },
            BinaryOperator::Or => match left.kind {
                Kind::Or(mut any) => {
                    any.push(right);
                    Kind::Or(any)
                }
                kind => Kind::Or(vec![Tree { kind, ..left }, right]),
            },
            BinaryOperator::Plus
            | BinaryOperator::Minus
            | BinaryOperator::Multiply
            | BinaryOperator::Divide
            | BinaryOperator::DuckIntegerDivide
            | BinaryOperator::Modulo
            | BinaryOperator::StringConcat => self.called(&op.to_string(), vec![left, right])?,
            other => return self.refuse(format!("the operator {other} is not supported; functions() lists what is")),
        })
    }

    fn compare(&mut self, how: Comparison, left: Box<Expr>, right: Box<Expr>) -> Result<Kind, ParseError> {
        Ok(Kind::Compare(how, self.boxed(left)?, self.boxed(right)?))
    }

    fn unary(&mut self, op: UnaryOperator, operand: Box<Expr>) -> Result<Kind, ParseError> {
        match op {
            UnaryOperator::Not => Ok(Kind::Not(self.boxed(operand)?)),
            UnaryOperator::Plus => self.call("+", [operand]),
            UnaryOperator::Minus => match self.tree(*operand)? {
                Tree { kind: Kind::Integer(value), .. } => Ok(Kind::Integer(-value)),
                other => self.called("-", vec![other]),
            },
            other => self.refuse(format!("the operator {other} is not supported; functions() lists what is")),
        }
    }

    fn among(&mut self, value: Expr, target: InTarget, negated: bool) -> Result<Kind, ParseError> {
        let InTarget::List(list) = target else {
            return self.refuse("IN takes a list of values in parentheses; subqueries are not supported");
        };
        let trees = self.trees([value].into_iter().chain(list))?;
        Ok(self.negated(Kind::In(trees), negated))
    }

    fn case(
        &mut self,
        operand: Option<Box<Expr>>,
        conditions: Vec<CaseWhen>,
        otherwise: Option<Box<Expr>>,
    ) -> Result<Kind, ParseError> {
        let operand = operand.map(|operand| self.boxed(operand)).transpose()?;
        let arms = conditions.into_iter().map(|arm| Ok((self.tree(arm.condition)?, self.tree(arm.result)?)));
        let arms = arms.collect::<Result<_, ParseError>>()?;
        Ok(Kind::Case { operand, arms, otherwise: otherwise.map(|otherwise| self.boxed(otherwise)).transpose()? })
    }
}

fn comparison(op: &BinaryOperator) -> Option<Comparison> {
    Some(match op {
        BinaryOperator::Eq => Comparison::Equal,
        BinaryOperator::NotEq => Comparison::NotEqual,
        BinaryOperator::Lt => Comparison::Less,
        BinaryOperator::LtEq => Comparison::LessOrEqual,
        BinaryOperator::Gt => Comparison::Greater,
        BinaryOperator::GtEq => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

fn field_name(field: &DateTimeField) -> String {
    match field {
        DateTimeField::Custom(name) => name.value.to_lowercase(),
        other => other.to_string().to_lowercase(),
    }
}

fn unsupported(expr: &Expr) -> String {
    match expr {
        Expr::CompoundIdentifier(_) | Expr::CompoundFieldAccess { .. } => {
            "qualified names are not supported; write the column alone, in double quotes if it has a dot".into()
        }
        Expr::Subquery(_) | Expr::Exists { .. } => {
            "subqueries are not supported; an expression sees one row only".into()
        }
        Expr::Wildcard(_) | Expr::QualifiedWildcard(..) => "* is not supported; name the columns".into(),
        Expr::Lambda(_) => "lambdas are not supported".into(),
        Expr::Ceil { .. } | Expr::Floor { .. } => "ceil and floor take one argument".into(),
        Expr::Tuple(_) | Expr::Array(_) => "lists and tuples are not supported outside IN".into(),
        Expr::AtTimeZone { .. } => "AT TIME ZONE is not supported; timestamps with a zone are read in UTC".into(),
        other => format!("{other} is not in the subset"),
    }
}
