//! An SMTP server that takes every mail and shows it: real sockets, no TLS.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

/// A mail that was taken.
#[derive(Debug, Clone)]
pub struct TakenMail {
    /// Who shall have it.
    pub to: String,
    /// Headers and bodies, with quoted-printable undone.
    pub text: String,
}

impl TakenMail {
    /// The first link to `page` in it.
    pub fn link(&self, page: &str) -> Option<String> {
        let start = self.text.find(page)?;
        let rest = &self.text[start..];
        let end = rest.find(|c: char| c.is_whitespace() || c == '"' || c == '<');
        Some(rest[..end.unwrap_or(rest.len())].to_owned())
    }
}

/// A server on a port of its own, until the process ends.
pub struct SmtpServer {
    address: SocketAddr,
    taken: Arc<Mutex<Vec<TakenMail>>>,
}

impl SmtpServer {
    /// Begins to take mails.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let taken: Arc<Mutex<Vec<TakenMail>>> = Arc::default();
        let shared = Arc::clone(&taken);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                // A client that breaks off has nothing more to say.
                thread::spawn(move || drop(converse(&stream, &shared)));
            }
        });
        Self { address, taken }
    }

    /// Where it is, as `SMTP_URL` names it.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// What it has taken, oldest first.
    pub fn mails(&self) -> Vec<TakenMail> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn converse(stream: &TcpStream, taken: &Mutex<Vec<TakenMail>>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let mut out = stream;
    let mut to = String::new();
    out.write_all(b"220 testkit\r\n")?;
    while let Some(line) = lines.next() {
        let line = line?;
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "RCPT" => {
                let address = line.split(['<', '>']).nth(1);
                address.unwrap_or_default().clone_into(&mut to);
                out.write_all(b"250 ok\r\n")?;
            }
            "DATA" => {
                out.write_all(b"354 go on\r\n")?;
                let mut body = String::new();
                for line in lines.by_ref() {
                    let line = line?;
                    if line == "." {
                        break;
                    }
                    body.push_str(line.strip_prefix("..").map_or(line.as_str(), |_| &line[1..]));
                    body.push('\n');
                }
                let text = unquoted(&body);
                let mail = TakenMail { to: to.clone(), text };
                taken.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
                out.write_all(b"250 taken\r\n")?;
            }
            "QUIT" => {
                out.write_all(b"221 bye\r\n")?;
                return Ok(());
            }
            _ => out.write_all(b"250 ok\r\n")?,
        }
    }
    Ok(())
}

/// Undoes quoted-printable (RFC 2045, 6.7).
fn unquoted(text: &str) -> String {
    let mut bytes = Vec::new();
    let joined = text.replace("=\n", "");
    let mut rest = joined.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = (*first == b'=')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        if let Some(byte) = code {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
