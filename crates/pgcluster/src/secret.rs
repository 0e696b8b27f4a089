//! Random text for passwords, from the operating system.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::{Error, at};

/// `bytes` random bytes as lower-case hexadecimal.
pub fn random_hex(bytes: usize) -> Result<String, Error> {
    let source = Path::new("/dev/urandom");
    let mut buffer = vec![0_u8; bytes];
    File::open(source)
        .and_then(|mut file| file.read_exact(&mut buffer))
        .map_err(at("read", source))?;
    Ok(hex::encode(buffer))
}
