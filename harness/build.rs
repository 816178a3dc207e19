//! Has the harness rebuilt when an entrant's folder is added or changed, since
//! the folders are compiled in.

fn main() {
    println!("cargo:rerun-if-changed=entrants");
}
