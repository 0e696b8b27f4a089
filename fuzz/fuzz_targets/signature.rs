//! The signature header: whatever bytes it holds, only the right one is believed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use secrecy::SecretString;
use whatsapp::signature::{sign, verify};

fuzz_target!(|input: (Vec<u8>, Vec<u8>)| {
    let (header, body) = input;
    let secret = SecretString::from("secret_of_the_fuzzer");
    let right = sign(&secret, &body);
    assert!(verify(&secret, Some(right.as_bytes()), &body).is_ok());
    if verify(&secret, Some(&header), &body).is_ok() {
        // Hex is read in either case; the digits are the same.
        assert!(header.eq_ignore_ascii_case(right.as_bytes()));
    }
});
