//! One server or several behind the generator. Each is started again whenever it ends.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::mpsc,
    task::JoinHandle,
    time::{sleep, timeout},
};

use crate::server::{Server, Spec, is_ready};

/// How soon a supervisor starts again what ended by itself.
const AGAIN: Duration = Duration::from_millis(500);
/// How long a server may take to answer.
const READY: Duration = Duration::from_mins(1);

/// The servers and who watches over them.
pub struct Servers {
    specs: Vec<Spec>,
    kills: Vec<mpsc::Sender<()>>,
    killed: Arc<AtomicUsize>,
    ended: Arc<AtomicUsize>,
    tasks: Vec<JoinHandle<()>>,
}

impl Servers {
    /// Starts `count` servers and waits until they answer.
    pub async fn start(spec: Spec, count: usize) -> anyhow::Result<Self> {
        let mut specs = Vec::new();
        for _ in 1..count {
            specs.push(spec.beside()?);
        }
        specs.insert(0, spec);
        let mut servers = Self {
            kills: Vec::new(),
            killed: Arc::default(),
            ended: Arc::default(),
            tasks: Vec::new(),
            specs,
        };
        for spec in &servers.specs {
            let (kill, asked) = mpsc::channel(1);
            let server = Server::start_ready(spec).await?;
            let supervisor = Supervisor {
                spec: spec.clone(),
                asked,
                killed: Arc::clone(&servers.killed),
                ended: Arc::clone(&servers.ended),
            };
            servers.kills.push(kill);
            servers.tasks.push(tokio::spawn(supervisor.watch(server)));
        }
        Ok(servers)
    }

    /// Where they listen.
    pub fn ports(&self) -> Vec<u16> {
        self.specs.iter().map(|spec| spec.port).collect()
    }

    /// `kill -9` of one of them, in turn.
    pub async fn kill(&self, turn: usize) {
        if let Some(kill) = self.kills.get(turn % self.kills.len().max(1)) {
            // A supervisor ends only with us.
            let _ = kill.send(()).await;
        }
    }

    /// Waits until all of them answer.
    pub async fn ready(&self) -> bool {
        let all = async {
            for spec in &self.specs {
                while !is_ready(spec.port).await {
                    sleep(Duration::from_millis(100)).await;
                }
            }
        };
        timeout(READY, all).await.is_ok()
    }

    /// How many were killed, and how many ended by themselves.
    pub fn counts(&self) -> (usize, usize) {
        (
            self.killed.load(Ordering::Relaxed),
            self.ended.load(Ordering::Relaxed),
        )
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

struct Supervisor {
    spec: Spec,
    asked: mpsc::Receiver<()>,
    killed: Arc<AtomicUsize>,
    ended: Arc<AtomicUsize>,
}

impl Supervisor {
    async fn watch(mut self, mut server: Server) {
        loop {
            tokio::select! {
                asked = self.asked.recv() => {
                    if asked.is_none() || server.kill().await.is_err() {
                        return;
                    }
                    self.killed.fetch_add(1, Ordering::Relaxed);
                }
                _ = server.ended() => {
                    self.ended.fetch_add(1, Ordering::Relaxed);
                    sleep(AGAIN).await;
                }
            }
            match Server::start(&self.spec) {
                Ok(started) => server = started,
                Err(error) => {
                    eprintln!("the server cannot be started again: {error:#}");
                    return;
                }
            }
        }
    }
}
