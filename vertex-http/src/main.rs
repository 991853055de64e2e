//! The `vertex` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    vertex_http::cli::main()
}
