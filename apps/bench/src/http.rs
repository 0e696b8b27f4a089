//! A lean HTTP/1.1 client over one kept connection: the load must cost little beside what it measures.

use std::io::{Error, ErrorKind, Result};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Headers that an answer of ours may carry at most.
const HEADERS: usize = 40;

/// An answer: its status and its body.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON, if the status is one of success.
    pub fn json(&self) -> anyhow::Result<serde_json::Value> {
        if !(200..300).contains(&self.status) {
            anyhow::bail!(
                "answered {}: {}",
                self.status,
                String::from_utf8_lossy(&self.body)
            );
        }
        Ok(serde_json::from_slice(&self.body)?)
    }
}

/// One kept connection to a port of this machine.
pub struct Connection {
    stream: TcpStream,
    out: Vec<u8>,
    input: Vec<u8>,
}

impl Connection {
    /// Connects to the port.
    pub async fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            out: Vec::with_capacity(2048),
            input: Vec::with_capacity(2048),
        })
    }

    /// Posts a webhook body with its signature and returns the answer's status.
    pub async fn webhook(&mut self, body: &[u8], signature: &str) -> Result<u16> {
        let signature = format!("X-Hub-Signature-256: {signature}\r\n");
        self.send("POST", "/webhook", &signature, body).await?;
        Ok(self.answer().await?.status)
    }

    /// Posts JSON.
    pub async fn post(&mut self, path: &str, body: &[u8]) -> Result<Answer> {
        self.send("POST", path, "", body).await?;
        self.answer().await
    }

    /// Posts JSON as whom the bearer token says, under a key by which it may come again.
    pub async fn post_as(&mut self, token: &str, key: &str, path: &str, body: &[u8]) -> Result<Answer> {
        let headers = format!("Authorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n");
        self.send("POST", path, &headers, body).await?;
        self.answer().await
    }

    /// Gets a path as whom the bearer token says.
    pub async fn get_as(&mut self, token: &str, path: &str) -> Result<Answer> {
        self.send("GET", path, &format!("Authorization: Bearer {token}\r\n"), b"")
            .await?;
        self.answer().await
    }

    /// Gets a path.
    pub async fn get(&mut self, path: &str) -> Result<Answer> {
        self.send("GET", path, "", b"").await?;
        self.answer().await
    }

    async fn send(&mut self, method: &str, path: &str, headers: &str, body: &[u8]) -> Result<()> {
        self.out.clear();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{headers}Content-Length: {}\r\n\r\n",
            body.len()
        );
        self.out.extend_from_slice(head.as_bytes());
        self.out.extend_from_slice(body);
        self.stream.write_all(&self.out).await
    }

    async fn answer(&mut self) -> Result<Answer> {
        self.input.clear();
        loop {
            if let Some((status, start, length)) = head(&self.input)? {
                while self.input.len() < start + length {
                    self.read().await?;
                }
                let body = self.input.get(start..start + length).unwrap_or_default();
                return Ok(Answer {
                    status,
                    body: body.to_vec(),
                });
            }
            self.read().await?;
        }
    }

    async fn read(&mut self) -> Result<()> {
        match self.stream.read_buf(&mut self.input).await? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// Status, where the body starts and how long it is, once the head is complete.
fn head(input: &[u8]) -> Result<Option<(u16, usize, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let parsed = response.parse(input).map_err(Error::other)?;
    let (httparse::Status::Complete(start), Some(status)) = (parsed, response.code) else {
        return Ok(None);
    };
    let length = response
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("content-length"))
        .and_then(|header| std::str::from_utf8(header.value).ok()?.parse().ok())
        .unwrap_or_default();
    Ok(Some((status, start, length)))
}
