//! The questions that a desk asks all day, and how long each takes.

use std::time::Instant;

use anyhow::{Context, ensure};
use hdrhistogram::Histogram;
use serde::Serialize;
use tokio_postgres::Client;

use super::GOAL_MS;
use crate::http::Connection;

/// Pages that somebody goes down a list.
const DEEP: usize = 40;

/// How long one question takes.
#[derive(Debug, Serialize)]
pub struct Figure {
    /// What was asked.
    pub name: String,
    /// How often.
    pub asked: u64,
    /// The half of the answers came within this, in milliseconds.
    pub p50_ms: f64,
    /// 99 of 100.
    pub p99_ms: f64,
    /// Items of the last answer.
    pub items: usize,
}

impl Figure {
    /// Whether it is quick enough.
    pub fn holds(&self) -> bool {
        self.p99_ms < GOAL_MS
    }

    /// As a line of a table.
    pub fn row(&self) -> String {
        format!(
            "  {}  {:<44} p50 {:>7.1} ms   p99 {:>7.1} ms   {:>3} items\n",
            if self.holds() { "met   " } else { "MISSED" },
            self.name,
            self.p50_ms,
            self.p99_ms,
            self.items
        )
    }
}

/// What is asked about.
pub struct Samples {
    tag: String,
    line: String,
    somebody: String,
    threads: Vec<String>,
    longest: String,
    said: Vec<String>,
    names: Vec<String>,
}

impl Samples {
    /// Some of what is there; reads whole tables.
    pub async fn of(client: &Client) -> anyhow::Result<Self> {
        let longest = "SELECT conversation_id::text FROM messages GROUP BY 1 ORDER BY count(*) DESC LIMIT 1";
        let longest = text(client, longest).await?;
        let said = format!(
            "SELECT id::text FROM messages WHERE conversation_id = '{longest}' ORDER BY random() LIMIT 200"
        );
        Ok(Self {
            tag: text(client, "SELECT id::text FROM tags LIMIT 1").await?,
            line: text(client, "SELECT channel_id::text FROM conversations LIMIT 1").await?,
            somebody: text(
                client,
                "SELECT id::text FROM users WHERE email LIKE 'agente%' LIMIT 1",
            )
            .await?,
            threads: texts(
                client,
                "SELECT id::text FROM conversations ORDER BY random() LIMIT 200",
            )
            .await?,
            said: texts(client, &said).await?,
            names: texts(
                client,
                "SELECT profile_name FROM contacts ORDER BY random() LIMIT 200",
            )
            .await?,
            longest,
        })
    }
}

/// Somebody who asks.
struct Asker<'a> {
    connection: Connection,
    samples: &'a Samples,
    token: &'a str,
    rounds: u32,
    figures: Vec<Figure>,
}

/// Asks everything.
pub async fn all(samples: &Samples, port: u16, token: &str, rounds: u32) -> anyhow::Result<Vec<Figure>> {
    let mut asker = Asker {
        connection: Connection::open(port).await?,
        samples,
        token,
        rounds,
        figures: Vec::new(),
    };
    asker.lists().await?;
    asker.threads().await?;
    asker.searches().await?;
    Ok(asker.figures)
}

impl Asker<'_> {
    async fn lists(&mut self) -> anyhow::Result<()> {
        let Samples {
            tag, line, somebody, ..
        } = self.samples;
        let active = "status=open,pending";
        for (name, query) in [
            ("list: all", active.to_owned()),
            ("list: mine", format!("{active}&assignee=me")),
            ("list: unassigned", format!("{active}&assignee=unassigned")),
            ("list: a colleague's", format!("{active}&assignee={somebody}")),
            ("list: closed", "status=closed".to_owned()),
            ("list: every state", String::new()),
            ("list: unread", format!("{active}&unread=true")),
            ("list: a tag", format!("{active}&tag={tag}")),
            ("list: a line", format!("{active}&channel_id={line}")),
            ("list: window closing", format!("{active}&window=closing")),
            ("list: waiting longest", format!("{active}&sort=oldest")),
            ("list: window closing first", format!("{active}&sort=window")),
            ("list: a name", format!("{active}&q=mar%C3%ADa")),
        ] {
            self.ask(name, |_| format!("/api/conversations?limit=50&{query}"))
                .await?;
        }
        for (name, query) in [
            ("list: all, going down", active),
            ("list: every state, going down", "sort=newest"),
            (
                "list: window first, going down",
                "status=open,pending&sort=window",
            ),
        ] {
            self.go_down(name, &format!("/api/conversations?limit=50&{query}"))
                .await?;
        }
        self.ask("counts", |_| "/api/conversations/counts".to_owned())
            .await?;
        self.ask("counts: a tag", |_| {
            format!("/api/conversations/counts?tag={tag}")
        })
        .await?;
        self.ask("counts: unread", |_| {
            "/api/conversations/counts?unread=true".to_owned()
        })
        .await
    }

    async fn threads(&mut self) -> anyhow::Result<()> {
        let Samples {
            threads,
            longest,
            said,
            ..
        } = self.samples;
        let one = |round: u32| threads[round as usize % threads.len()].clone();
        self.ask("thread: first page", |round| {
            format!("/api/conversations/{}/messages?limit=50", one(round))
        })
        .await?;
        self.go_down(
            "thread: paging up",
            &format!("/api/conversations/{longest}/messages?limit=50"),
        )
        .await?;
        self.ask("thread: around a message", |round| {
            let id = &said[round as usize % said.len()];
            format!("/api/conversations/{longest}/messages?limit=50&around={id}")
        })
        .await
    }

    async fn searches(&mut self) -> anyhow::Result<()> {
        for (name, query) in [
            ("search: a word that everybody uses", "hola"),
            ("search: two of them", "hola%20cita"),
            ("search: some", "urgente"),
            ("search: a rare word", "excepcionalisimo"),
            ("search: two that seldom meet", "urgente%20excepcionalisimo"),
            ("search: no such word", "xyzzy"),
            ("search: one letter", "a"),
            ("search: two letters", "ma"),
            ("search: a name", "inigo"),
            ("search: a part of a name", "ucia"),
            ("search: a number", "5916000012"),
            ("search: the end of a number", "0431"),
        ] {
            self.ask(name, |_| format!("/api/search?limit=20&q={query}"))
                .await?;
        }
        let names = &self.samples.names;
        self.ask("search: a whole name", |round| {
            let name = &names[round as usize % names.len()];
            let coded: Vec<String> = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
            format!("/api/search?limit=20&q={}", coded.concat())
        })
        .await?;
        self.go_down(
            "search: a frequent word, going down",
            "/api/search?limit=20&kind=messages&q=gracias",
        )
        .await
    }

    async fn ask(&mut self, name: &str, path: impl Fn(u32) -> String) -> anyhow::Result<()> {
        let mut times = Histogram::<u64>::new(3)?;
        let mut items = 0;
        for round in 0..self.rounds {
            let begun = Instant::now();
            let answer = self.connection.get_as(self.token, &path(round)).await?;
            times.record(u64::try_from(begun.elapsed().as_micros())?)?;
            ensure!(
                answer.status == 200,
                "{} was answered {}",
                path(round),
                answer.status
            );
            items = count(&answer.json()?);
        }
        self.note(name, &times, items);
        Ok(())
    }

    /// Page after page, and from the top again.
    async fn go_down(&mut self, name: &str, path: &str) -> anyhow::Result<()> {
        let mut times = Histogram::<u64>::new(3)?;
        let (mut cursor, mut items, mut depth) = (String::new(), 0, 0);
        for _ in 0..self.rounds {
            let begun = Instant::now();
            let answer = self
                .connection
                .get_as(self.token, &format!("{path}{cursor}"))
                .await?;
            times.record(u64::try_from(begun.elapsed().as_micros())?)?;
            let page = answer.json()?;
            items = count(&page);
            depth += 1;
            let next = page.get("messages").unwrap_or(&page)["next_cursor"].as_str();
            cursor = match next {
                Some(next) if depth % DEEP != 0 => format!("&cursor={next}"),
                _ => String::new(),
            };
        }
        self.note(name, &times, items);
        Ok(())
    }

    fn note(&mut self, name: &str, times: &Histogram<u64>, items: usize) {
        #[expect(clippy::cast_precision_loss, reason = "microseconds of one request")]
        let ms = |quantile| times.value_at_quantile(quantile) as f64 / 1_000.0;
        self.figures.push(Figure {
            name: name.to_owned(),
            asked: times.len(),
            p50_ms: ms(0.5),
            p99_ms: ms(0.99),
            items,
        });
    }
}

/// Items of an answer, of both kinds where it has two.
fn count(answer: &serde_json::Value) -> usize {
    let of = |list: &serde_json::Value| list["items"].as_array().map_or(0, Vec::len);
    of(answer) + of(&answer["conversations"]) + of(&answer["messages"])
}

async fn text(client: &Client, query: &str) -> anyhow::Result<String> {
    let row = client
        .query_opt(query, &[])
        .await?
        .context("nothing to ask about")?;
    Ok(row.try_get(0)?)
}

async fn texts(client: &Client, query: &str) -> anyhow::Result<Vec<String>> {
    let rows = client.query(query, &[]).await?;
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}
