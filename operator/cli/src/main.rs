//! The process of `kubectl scoring`: one runtime, one TLS provider, one exit code.

use std::process::ExitCode;

use clap::Parser;
use kubectl_scoring::args::Args;
use kubectl_scoring::command::{self, Exit};
use scorer::contain::keep_contained_panics_quiet;

fn main() -> ExitCode {
    keep_contained_panics_quiet();
    // Two crates use rustls: without a provider installed, the one that does not choose would panic at its first use.
    let installed = rustls::crypto::ring::default_provider().install_default();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help and version come as errors too, and are none.
            drop(error.print());
            return if error.use_stderr() { Exit::Unusable.into() } else { ExitCode::SUCCESS };
        }
    };
    match (tokio::runtime::Builder::new_multi_thread().enable_all().build(), installed) {
        (Ok(runtime), Ok(())) => {
            let exit = runtime.block_on(command::execute(args));
            runtime.shutdown_background();
            exit.into()
        }
        _ => Exit::TryAgain.into(),
    }
}
