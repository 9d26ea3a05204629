//! Tells the linker what a native module of Node is.

fn main() {
    napi_build::setup();
}
