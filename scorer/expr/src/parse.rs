//! Text to [`Expression`]: bounds first, then sqlparser, then our own smaller tree. Refuses everything that is SQL but not a scalar
//! expression of the subset, and says where it stands: functions are known by name and by how many arguments they take. Knows neither
//! columns nor types.

mod aggregate;
mod call;
mod convert;
mod dialect;
mod literal;
mod place;
pub(crate) mod tree;

use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer, Whitespace};
use thiserror::Error;

use dialect::Duck;
use place::Places;
use tree::Tree;

/// Longest text, in bytes: ample for a feature, and small enough to keep in a resource.
const MAX_BYTES: usize = 4096;
/// Most tokens, white space aside: what sqlparser builds for a chain of operators this long still fits a 2 MiB stack.
const MAX_TOKENS: usize = 1000;
/// sqlparser's own recursion, two steps for each pair of parentheses: what fits a 2 MiB stack without optimisation.
const MAX_RECURSION: usize = 60;
/// Parts inside one another, chains of operators counted: what binding and evaluating recurse over.
const MAX_DEPTH: usize = 100;

/// A parsed expression: its shape is known and bounded, its names and types are not.
#[derive(Clone, Debug)]
pub struct Expression {
    text: String,
    tree: Tree,
    names: Vec<Name>,
}

/// A column name as an expression mentions it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name, without quotes.
    pub text: String,
    /// 1-based character where it stands in the expression.
    pub position: usize,
}

/// Why a text is not an expression of the subset.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ParseError {
    /// The text is longer than can be taken.
    #[error("the expression has {bytes} bytes, {MAX_BYTES} is the most; compute parts of it in columns of their own")]
    TooLong {
        /// Length of the text.
        bytes: usize,
    },
    /// The text has more words, numbers and signs than can be taken.
    #[error(
        "the expression has more than {MAX_TOKENS} words and signs, from character {position} on; compute parts of it in columns of their own"
    )]
    TooManyTokens {
        /// 1-based character of the first token too many.
        position: usize,
    },
    /// Parentheses, calls or chains of operators stand too deep in one another.
    #[error("the expression nests too deep; compute parts of it in columns of their own")]
    TooDeep,
    /// The text is not SQL.
    #[error("{message} (at character {position})")]
    Syntax {
        /// What is wrong.
        message: String,
        /// 1-based character where it is wrong.
        position: usize,
    },
    /// No function has this name.
    #[error("no function is named {name}; close ones are {} (at character {position})", candidates.join(", "))]
    Function {
        /// The name.
        name: String,
        /// Functions of close names first.
        candidates: Vec<String>,
        /// 1-based character where it stands.
        position: usize,
    },
    /// A function takes fewer arguments, or more.
    #[error("{name} does not take {given} argument{}; it is {signature} (at character {position})", if *given == 1 { "" } else { "s" })]
    Arguments {
        /// The function.
        name: String,
        /// How many it was given.
        given: usize,
        /// What it takes.
        signature: String,
        /// 1-based character where it stands.
        position: usize,
    },
    /// The text is SQL, but nothing that can be computed from one row.
    #[error("{what} (at character {position})")]
    Unsupported {
        /// What it is, and what to write instead where there is something.
        what: String,
        /// 1-based character where it stands.
        position: usize,
    },
}

impl ParseError {
    /// 1-based character of the text that the error is about, where it is about one.
    pub fn position(&self) -> Option<usize> {
        match self {
            Self::TooLong { .. } | Self::TooDeep => None,
            Self::TooManyTokens { position }
            | Self::Syntax { position, .. }
            | Self::Function { position, .. }
            | Self::Arguments { position, .. }
            | Self::Unsupported { position, .. } => Some(*position),
        }
    }
}

impl Expression {
    /// Reads one scalar expression of functions that there are. Whether its names and types fit the columns is told by
    /// [`Expression::bind`].
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if text.len() > MAX_BYTES {
            return Err(ParseError::TooLong { bytes: text.len() });
        }
        let places = Places::new(text);
        let tokens = tokenize(text, &places)?;
        let mut parser = Parser::new(&Duck).with_recursion_limit(MAX_RECURSION).with_tokens_with_locations(tokens);
        let parsed = parser.parse_expr().map_err(|error| syntax(&error, &parser, &places))?;
        let rest = parser.peek_token_ref();
        if rest.token != Token::EOF {
            let position = places.position(rest.span.start);
            let message = format!("the expression ends here, but {:?} follows: take it away", rest.token.to_string());
            return Err(ParseError::Syntax { message, position });
        }
        let (tree, names) = convert::convert(parsed, &places)?;
        if tree.depth() > MAX_DEPTH {
            return Err(ParseError::TooDeep);
        }
        Ok(Self { text: text.into(), tree, names })
    }

    /// The text as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The column names that the expression mentions, in order, as often as it does.
    pub fn names(&self) -> &[Name] {
        &self.names
    }

    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }
}

fn tokenize(text: &str, places: &Places) -> Result<Vec<TokenWithSpan>, ParseError> {
    let tokens = Tokenizer::new(&Duck, text).tokenize_with_location().map_err(|error| ParseError::Syntax {
        message: worded(&error.message),
        position: places.position(error.location),
    })?;
    let mut count = 0;
    for token in &tokens {
        let comment = matches!(
            token.token,
            Token::Whitespace(Whitespace::SingleLineComment { .. } | Whitespace::MultiLineComment(_))
        );
        if comment {
            return Err(ParseError::Unsupported {
                what: "comments are not supported".into(),
                position: places.position(token.span.start),
            });
        }
        count += usize::from(!matches!(token.token, Token::Whitespace(_)));
        if count > MAX_TOKENS {
            return Err(ParseError::TooManyTokens { position: places.position(token.span.start) });
        }
    }
    Ok(tokens)
}

/// sqlparser writes where an error is at the end of its message, ` at Line: 1, Column: 5`; what it cannot place is where it stopped.
fn syntax(error: &ParserError, parser: &Parser, places: &Places) -> ParseError {
    let text = match error {
        ParserError::RecursionLimitExceeded => return ParseError::TooDeep,
        ParserError::TokenizerError(text) | ParserError::ParserError(text) => text,
    };
    let (message, location) = match text.rsplit_once(" at Line: ") {
        Some((message, location)) => (message, location_of(location)),
        None => (text.as_str(), None),
    };
    let location = location.unwrap_or_else(|| parser.peek_token_ref().span.start);
    let position = places.position(location);
    if message.contains("found: EOF") || parser.peek_token_ref().token == Token::EOF {
        return ParseError::Syntax {
            message: "the expression is not complete: write the rest of it".into(),
            position: places.end(),
        };
    }
    ParseError::Syntax { message: worded(message), position }
}

fn location_of(text: &str) -> Option<Location> {
    let (line, column) = text.split_once(", Column: ")?;
    Some(Location { line: line.parse().ok()?, column: column.parse().ok()? })
}

/// What sqlparser says, in the form that our own messages have, with what to do.
fn worded(text: &str) -> String {
    let mut chars = text.chars();
    let text = chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect());
    let remedy = if text.starts_with("unterminated") { "close it with the same quote" } else { "correct it there" };
    format!("{text}: {remedy}")
}

#[cfg(test)]
mod tests;
