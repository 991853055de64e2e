//! Has the crate rebuilt when a migration is added.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
