//! Has the crate built again when the web pages were.

fn main() {
    println!("cargo:rerun-if-changed=web/dist");
}
