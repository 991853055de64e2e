//! The `vertex` binary.

use std::process::ExitCode;

use tikv_jemallocator::Jemalloc;

/// Half again as many requests as with the system's, and memory is given back at once (`.cargo/config.toml`).
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    vertex_http::cli::main()
}
