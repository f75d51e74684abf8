//! The scorer's process: one runtime, one TLS provider, one exit code.

use std::process::ExitCode;

use clap::Parser;
use scorer::args::Args;
use scorer::command;
use scorer::contain::keep_contained_panics_quiet;
use scoring_contract::ExitClass;

fn main() -> ExitCode {
    keep_contained_panics_quiet();
    // Two crates use rustls: without a provider installed, the one that does not choose would panic at its first use.
    let installed = rustls::crypto::ring::default_provider().install_default();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help and version come as errors too, and are none.
            drop(error.print());
            return if error.use_stderr() { command::code(ExitClass::BadSetting) } else { ExitCode::SUCCESS };
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match (runtime, installed) {
        (Ok(runtime), Ok(())) => {
            let code = runtime.block_on(command::execute(args));
            // A file system that does not answer holds a thread for ever; it must not hold the process.
            runtime.shutdown_background();
            code
        }
        _ => command::code(ExitClass::Internal),
    }
}
