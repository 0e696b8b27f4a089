//! Asks a port whether a PostgreSQL takes connections there, without logging in.
//!
//! A pid file or a live process proves nothing (a killed server may linger until it is
//! reaped); an answer to a startup packet does.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(2);

/// Whether a server on this port of the loopback address answers with a request to log in.
pub(crate) fn accepts(port: u16) -> bool {
    ask(port).is_some_and(|answer| answer == b'R')
}

/// A port of the loopback address that nothing listens on.
pub(crate) fn free_port() -> std::io::Result<u16> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()
        .map(|address| address.port())
}

/// Whether `port` could be listened on now.
pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// The first byte of the answer: `R` asks for a password, `E` is an error (still starting up).
fn ask(port: u16) -> Option<u8> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let body = b"\x00\x03\x00\x00user\0centralita\0database\0postgres\0\0";
    let length = u32::try_from(body.len() + 4).ok()?;
    stream.write_all(&length.to_be_bytes()).ok()?;
    stream.write_all(body).ok()?;
    let mut kind = [0_u8];
    stream.read_exact(&mut kind).ok()?;
    let [kind] = kind;
    Some(kind)
}
