//! A wire to a database that a test can cut.

use std::io;
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream, ToSocketAddrs};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use url::Url;

/// A TCP proxy in front of a database, on threads of its own.
#[derive(Debug)]
pub struct Proxy {
    url: Url,
    wire: Arc<Mutex<Wire>>,
}

#[derive(Debug, Default)]
struct Wire {
    cut: bool,
    closed: bool,
    /// Both ends of every connection that was ever let through.
    ends: Vec<TcpStream>,
}

impl Proxy {
    /// A proxy to the database at the URL `target`.
    pub fn start(target: &str) -> Self {
        let mut url = Url::parse(target).expect("a database URL");
        let host = url.host_str().expect("a host in the URL").to_owned();
        let server = (host, url.port().unwrap_or(5432));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("a bound port").port();
        url.set_host(Some("127.0.0.1")).expect("a URL with a host");
        url.set_port(Some(port)).expect("a URL with a port");
        let wire = Arc::new(Mutex::new(Wire::default()));
        let shared = Arc::clone(&wire);
        thread::spawn(move || accept(&listener, &server, &shared));
        Self { url, wire }
    }

    /// The database's URL by way of the proxy.
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Breaks every connection, and each new one as soon as it is made.
    pub fn cut(&self) {
        let mut wire = lock(&self.wire);
        wire.cut = true;
        for end in wire.ends.drain(..) {
            // It may have been closed by its owner already.
            let _ = end.shutdown(Shutdown::Both);
        }
    }

    /// Lets new connections through again.
    pub fn restore(&self) {
        lock(&self.wire).cut = false;
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.cut();
        lock(&self.wire).closed = true;
        // Wakes the thread that accepts, so that it sees this.
        let port = self.url.port().unwrap_or_default();
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, port));
    }
}

fn accept(listener: &TcpListener, server: &(String, u16), wire: &Mutex<Wire>) {
    for client in listener.incoming().flatten() {
        let mut wire = lock(wire);
        if wire.closed {
            return;
        }
        if !wire.cut {
            // A server that is not there is, to the client, a broken connection: dropping it is the answer.
            let _ = join(client, server, &mut wire.ends);
        }
    }
}

fn join(client: TcpStream, server: &(String, u16), ends: &mut Vec<TcpStream>) -> io::Result<()> {
    let address = server.to_socket_addrs()?.next().ok_or(io::ErrorKind::NotFound)?;
    let server = TcpStream::connect(address)?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    ends.extend([client.try_clone()?, server.try_clone()?]);
    pipe(client.try_clone()?, server.try_clone()?);
    pipe(server, client);
    Ok(())
}

/// Copies until either side ends, then ends the other.
fn pipe(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
        let _ = from.shutdown(Shutdown::Both);
    });
}

fn lock(wire: &Mutex<Wire>) -> MutexGuard<'_, Wire> {
    wire.lock().unwrap_or_else(PoisonError::into_inner)
}
