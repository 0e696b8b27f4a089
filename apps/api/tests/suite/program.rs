//! The program itself, as an operator starts it.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::test_app::{JWT_SECRET, MASTER_KEY, PLATFORM_SECRET, TestApp, VERIFY_TOKEN};

/// A server of its own over the test's databases; it ends with the test.
pub struct Program {
    pub child: Child,
    pub url: String,
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Program {
    /// Starts it with further variables and waits until it is ready; what it logs goes to `logs`.
    pub async fn start(app: &TestApp, vars: &[(&str, &str)], logs: Stdio) -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let child = Command::new(env!("CARGO_BIN_EXE_api"))
            .env_clear()
            .envs([
                ("CONTROL_DB_URL", app.control.url()),
                ("MASTER_KEY", MASTER_KEY),
                ("JWT_SECRET", JWT_SECRET),
                ("VERIFY_TOKEN", VERIFY_TOKEN),
                ("WHATSAPP_APP_SECRET", PLATFORM_SECRET),
                ("GRAPH_BASE_URL", "http://127.0.0.1:9"),
                ("PORT", &port.to_string()),
            ])
            .envs(vars.iter().copied())
            .stdout(logs)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let program = Self {
            child,
            url: format!("http://127.0.0.1:{port}"),
        };
        let up = tokio::time::timeout(Duration::from_mins(1), async {
            let mut tick = tokio::time::interval(Duration::from_millis(50));
            while ready(app, &program.url).await != Some(200) {
                tick.tick().await;
            }
        });
        up.await.unwrap();
        program
    }
}

/// The status of its readiness, if it answers.
pub async fn ready(app: &TestApp, url: &str) -> Option<u16> {
    let answer = app.http.get(format!("{url}/health/ready")).send().await.ok()?;
    Some(answer.status().as_u16())
}
