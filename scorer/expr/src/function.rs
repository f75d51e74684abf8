//! The functions and operators of the subset: their names, what they mean, and which arguments they take. The documentation is generated
//! from here, and its examples are run by the tests.

mod date;
mod number;
mod operator;
mod text;
mod unchanged;

use std::ops::RangeInclusive;
use std::sync::OnceLock;

use crate::kernel::Plain;
use crate::types::Type;

/// What the documentation says of one function or operator.
#[derive(Clone, Copy, Debug)]
pub struct FunctionDoc {
    /// Its name, in lower case, or its sign.
    pub name: &'static str,
    /// Other names for the same.
    pub aliases: &'static [&'static str],
    /// Under which heading it stands.
    pub group: &'static str,
    /// How it is written, arguments in brackets may be left out.
    pub signature: &'static str,
    /// What it gives, in one line.
    pub meaning: &'static str,
    /// An expression without columns.
    pub example: &'static str,
    /// What the example gives, as text; `NULL` for a null.
    pub result: &'static str,
}

/// A function as binding knows it.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) doc: FunctionDoc,
    pub(crate) form: Form,
}

/// How a function's arguments are typed.
#[derive(Debug)]
pub(crate) enum Form {
    /// By the candidate that costs least, the first of several; in groups, which functions share.
    Overloads(&'static [&'static [Overload]]),
    /// In a way of its own.
    Special(Special),
}

/// One list of argument types that a function takes.
#[derive(Debug)]
pub(crate) struct Overload {
    pub(crate) params: &'static [Type],
    pub(crate) result: Type,
    pub(crate) kernel: Plain,
    /// Whether values can make it fail.
    pub(crate) fails: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Special {
    Concat,
    ConcatOperator,
    ConcatWith,
    Coalesce,
    IfNull,
    NullIf,
    Greatest,
    Least,
    If,
    DatePart,
    /// A part that has a function of its own.
    PartOf(&'static str),
    DateTrunc,
    DateDiff,
    Strftime,
    /// Written by the parser (AND, CASE, LIKE …): here for the documentation only.
    Syntax,
}

impl Special {
    /// How many arguments it takes.
    fn counts(self) -> RangeInclusive<usize> {
        match self {
            Self::PartOf(_) => 1..=1,
            Self::ConcatOperator | Self::IfNull | Self::NullIf | Self::DatePart | Self::DateTrunc | Self::Strftime => {
                2..=2
            }
            Self::If | Self::DateDiff => 3..=3,
            Self::Concat | Self::Coalesce | Self::Greatest | Self::Least => 1..=usize::MAX,
            Self::ConcatWith => 2..=usize::MAX,
            Self::Syntax => usize::MAX..=usize::MAX,
        }
    }
}

/// Gives the same type of values for each argument list that cannot fail.
const fn works(params: &'static [Type], result: Type, kernel: Plain) -> Overload {
    Overload { params, result, kernel, fails: false }
}

const fn may_fail(params: &'static [Type], result: Type, kernel: Plain) -> Overload {
    Overload { params, result, kernel, fails: true }
}

/// An entry of a table of functions: name, aliases, signature, meaning, example, result, form.
macro_rules! function {
    ($group:literal, $name:literal $(| $alias:literal)*, $signature:literal, $meaning:literal, $example:literal => $result:literal, $form:expr) => {
        $crate::function::Function {
            doc: $crate::function::FunctionDoc {
                name: $name,
                aliases: &[$($alias),*],
                group: $group,
                signature: $signature,
                meaning: $meaning,
                example: $example,
                result: $result,
            },
            form: $form,
        }
    };
}
use function;

fn tables() -> impl Iterator<Item = &'static Function> {
    [operator::OPERATORS, operator::CONDITIONALS, text::TEXT, number::NUMBERS, date::DATES].into_iter().flatten()
}

/// Every function and operator of the subset, by group.
pub fn functions() -> &'static [FunctionDoc] {
    static DOCS: OnceLock<Vec<FunctionDoc>> = OnceLock::new();
    DOCS.get_or_init(|| tables().map(|function| function.doc).collect())
}

/// The function of a name in lower case.
pub(crate) fn find(name: &str) -> Option<&'static Function> {
    tables()
        .filter(|function| function.form_is_called())
        .find(|function| function.doc.name == name || function.doc.aliases.contains(&name))
}

/// All names that can be called.
pub(crate) fn names() -> Vec<&'static str> {
    tables()
        .filter(|function| {
            function.form_is_called() && function.doc.name.starts_with(|c: char| c.is_ascii_alphabetic())
        })
        .flat_map(|function| std::iter::once(&function.doc.name).chain(function.doc.aliases))
        .copied()
        .collect()
}

impl Function {
    /// Whether the function takes so many arguments, of some types.
    pub(crate) fn takes(&self, count: usize) -> bool {
        match &self.form {
            Form::Overloads(overloads) => {
                overloads.iter().copied().flatten().any(|overload| overload.params.len() == count)
            }
            Form::Special(special) => special.counts().contains(&count),
        }
    }

    fn form_is_called(&self) -> bool {
        !matches!(self.form, Form::Special(Special::Syntax))
    }
}
