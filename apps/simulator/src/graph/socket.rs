//! A hand on the connection beneath a request, to break it off.

use std::{
    any::Any,
    net::{Shutdown, TcpStream},
    os::fd::AsFd,
};

use actix_web::{HttpRequest, dev::Extensions, rt::net};

struct Socket(TcpStream);

/// Keeps a second handle to every connection.
pub fn keep(connection: &dyn Any, extensions: &mut Extensions) {
    let stream = connection.downcast_ref::<net::TcpStream>();
    if let Some(Ok(handle)) = stream.map(|stream| stream.as_fd().try_clone_to_owned()) {
        extensions.insert(Socket(handle.into()));
    }
}

/// Breaks the connection: whatever is answered afterwards does not arrive.
pub fn break_off(request: &HttpRequest) {
    if let Some(Socket(stream)) = request.conn_data::<Socket>() {
        // Broken already is broken as well.
        drop(stream.shutdown(Shutdown::Both));
    }
}
