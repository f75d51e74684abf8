//! Prints FUNCTIONS.md, the list of what expressions know:
//! `cargo run -p scoring-expr --example functions > scorer/expr/FUNCTIONS.md`

use std::io::{self, Write};

fn main() -> io::Result<()> {
    io::stdout().write_all(scoring_expr::reference().as_bytes())
}
