//! A whole installation that runs: a server, a company with a line, and the simulator in Meta's place.

use std::{collections::HashMap, sync::Arc};

use actix_web::dev::ServerHandle;
use api::{app::App, config::Config};
use serde_json::{Value, json};
use simulator::{
    Simulator,
    world::{Callback, World},
};
use tempfile::TempDir;
use testkit::TestDb;
use tokio::runtime::Handle;

use crate::common::{Ended, KEY, PASSWORD, Platform, provision, tenant_database};

pub const VERIFY_TOKEN: &str = "verify_token_of_the_platform";
pub const ORIGIN: &str = "https://web.example";
pub const EMAIL: &str = "ana@sol.example";
const SECRET: &str = "app_secret_of_the_line";
/// Sol's line, and one that another company has.
pub const LINE: &str = "800000000000011";
const OTHER_LINE: &str = "800000000000022";

/// Everything that one test needs. Dropping it stops the servers and drops the databases.
pub struct Stand {
    pub platform: Platform,
    pub database: TestDb,
    pub url: String,
    pub http: reqwest::Client,
    pub graph: String,
    simulator: Arc<Simulator>,
    files: TempDir,
    servers: Vec<ServerHandle>,
}

impl Stand {
    /// An installation in which nothing is wrong.
    pub async fn start() -> Self {
        let http = engine::line_health::http_client().unwrap();
        let (platform, database) = (Platform::migrated(), tenant_database());
        let create = [
            "tenant",
            "create",
            "--name",
            "Sol",
            "--slug",
            "sol",
            "--database-url",
        ];
        platform.run(&[&create[..], &[database.url()]].concat()).done();
        let admin = [("ADMIN_EMAIL", EMAIL), ("ADMIN_PASSWORD", PASSWORD)];
        platform
            .run_with(&["seed", "admin", "--tenant", "sol"], &admin)
            .done();
        let (simulator, graph, handle) = simulate(&http);
        let mut stand = Self {
            platform,
            database,
            url: String::new(),
            http,
            graph,
            simulator,
            files: tempfile::tempdir().unwrap(),
            servers: vec![handle],
        };
        stand.add_line(LINE, &token_of(LINE));
        stand.url = stand.serve(KEY, "").await;
        stand.call_back_to(&stand.url);
        stand
    }

    /// Registers sol's line, or gives it another token.
    pub fn add_line(&self, line: &str, token: &str) {
        let add = [
            "channel",
            "add",
            "--tenant",
            "sol",
            "--phone-number-id",
            line,
            "--waba-id",
            "700000000000001",
        ];
        let secrets = [("CHANNEL_WA_TOKEN", token), ("CHANNEL_APP_SECRET", SECRET)];
        self.platform.run_with(&add, &secrets).done();
    }

    /// Another server over the same databases, with these keys; its URL.
    pub async fn serve(&mut self, key: &str, previous: &str) -> String {
        let media = format!("file://{}", self.files.path().display());
        let vars = HashMap::from([
            ("CONTROL_DB_URL", self.platform.database.url()),
            ("MASTER_KEY", key),
            ("MASTER_KEY_PREVIOUS", previous),
            ("JWT_SECRET", "jwt_secret_of_the_tests_0123456789abcdef"),
            ("VERIFY_TOKEN", VERIFY_TOKEN),
            ("FRONTEND_ORIGIN", ORIGIN),
            ("GRAPH_BASE_URL", self.graph.as_str()),
            ("NODE_ENV", "test"),
            ("MEDIA_URL", media.as_str()),
        ]);
        let vars = vars
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::from_vars(vars).unwrap();
        let app = App::start(&config, None).await.unwrap();
        let (server, addresses) = api::server::start(app, config.origins.clone(), "127.0.0.1", 0).unwrap();
        self.servers.push(server.handle());
        tokio::spawn(server);
        format!("http://{}", addresses[0])
    }

    /// Meta delivers to this server from now on.
    pub fn call_back_to(&self, url: &str) {
        self.simulator.lock().world.callback = Some(Callback {
            url: format!("{url}/webhook"),
            verify_token: VERIFY_TOKEN.to_owned(),
        });
    }

    /// What the doctor finds, with some of what it is given replaced.
    pub fn doctor(&self, changes: &[(&str, &str)], args: &[&str]) -> Diagnosis {
        let mut env = HashMap::from([
            ("CONTROL_DB_URL", self.platform.database.url()),
            ("MASTER_KEY", KEY),
            ("API_URL", self.url.as_str()),
            ("VERIFY_TOKEN", VERIFY_TOKEN),
            ("FRONTEND_ORIGIN", ORIGIN),
            ("GRAPH_BASE_URL", self.graph.as_str()),
        ]);
        env.extend(changes.iter().copied());
        let env: Vec<(&str, &str)> = env.into_iter().collect();
        let ended = provision(&[&["--json", "doctor"], args].concat(), &env);
        for secret in [
            KEY,
            PASSWORD,
            SECRET,
            VERIFY_TOKEN,
            &token_of(LINE),
            &token_of(OTHER_LINE),
        ] {
            ended.keeps_secret(secret);
        }
        Diagnosis::of(&ended)
    }

    /// A customer writes; the status with which the server took it.
    pub async fn customer_writes(&self, text: &str) -> i64 {
        let order = json!({ "phone_number_id": LINE, "from": "59170000001", "name": "Ana", "text": text });
        let path = format!("{}/simulator/inbound", self.graph);
        let answer = self.http.post(path).json(&order).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        answer["delivery"]["status"].as_i64().unwrap_or_default()
    }

    /// The admin logs in at this server; the status of the answer.
    pub async fn logs_in(&self, url: &str) -> u16 {
        let body = json!({ "email": EMAIL, "password": PASSWORD });
        let login = self.http.post(format!("{url}/api/auth/login")).json(&body);
        login.send().await.unwrap().status().as_u16()
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        // The servers' threads outlive the test's runtime otherwise, where tests share a process.
        tokio::task::block_in_place(|| {
            for server in &self.servers {
                Handle::current().block_on(server.stop(false));
            }
        });
    }
}

/// What the doctor found.
pub struct Diagnosis {
    code: i32,
    checks: Vec<Value>,
}

impl Diagnosis {
    fn of(ended: &Ended) -> Self {
        let checks = ended.json()["checks"].as_array().unwrap().clone();
        Self {
            code: ended.code,
            checks,
        }
    }

    fn in_state(&self, state: &str) -> Vec<&str> {
        // The tests' own Postgres is fast and forgets; the doctor is right to say so.
        let is_ours = |check: &&Value| check["check"] != "durability";
        let found = self
            .checks
            .iter()
            .filter(is_ours)
            .filter(|check| check["state"] == state);
        found.map(|check| check["check"].as_str().unwrap()).collect()
    }

    /// Nothing is wrong.
    #[track_caller]
    pub fn is_well(&self) {
        let wrong = (self.in_state("fault"), self.in_state("warning"));
        assert_eq!((self.code, wrong), (0, (vec![], vec![])), "{:?}", self.checks);
    }

    /// Exactly this is wrong, and what to do is said.
    #[track_caller]
    pub fn names(&self, fault: &str, remedy: &str) {
        assert_eq!(
            (self.code, self.in_state("fault")),
            (1, vec![fault]),
            "{:?}",
            self.checks
        );
        self.advises(fault, remedy);
    }

    /// Exactly this deserves a look, and nothing is broken.
    #[track_caller]
    pub fn warns(&self, warning: &str, remedy: &str) {
        let wrong = (self.in_state("fault"), self.in_state("warning"));
        assert_eq!(
            (self.code, wrong),
            (0, (vec![], vec![warning])),
            "{:?}",
            self.checks
        );
        self.advises(warning, remedy);
    }

    #[track_caller]
    fn advises(&self, code: &str, remedy: &str) {
        let check = self
            .checks
            .iter()
            .find(|check| check["check"] == code && check["state"] != "ok");
        let advice = check.unwrap()["remedy"].as_str().unwrap_or_default();
        assert!(advice.contains(remedy), "{advice}");
    }

    /// What is said of this check.
    pub fn says(&self, code: &str) -> &str {
        let check = self.checks.iter().find(|check| check["check"] == code);
        check.unwrap()["says"].as_str().unwrap()
    }
}

/// The token that opens this line at Meta.
pub fn token_of(line: &str) -> String {
    format!("wa_token_of_{line}")
}

/// A token that is good, but not for sol's line.
pub fn token_without_access() -> String {
    token_of(OTHER_LINE)
}

fn simulate(http: &reqwest::Client) -> (Arc<Simulator>, String, ServerHandle) {
    let line = |phone_number_id: &str, waba_id: &str| {
        json!({
            "phone_number_id": phone_number_id, "waba_id": waba_id, "display_phone_number": "+1 202 555 0100",
            "token": token_of(phone_number_id), "app_secret": SECRET,
        })
    };
    let config = serde_json::from_value(json!({
        "lines": [line(LINE, "700000000000001"), line(OTHER_LINE, "700000000000002")],
        "timing": { "status_min_ms": 0, "status_max_ms": 0, "retry_ms": 20 },
    }))
    .unwrap();
    let simulator = Simulator::new(config, World::default(), http.clone(), Handle::current());
    let (server, address) = simulator::serve(Arc::clone(&simulator), "127.0.0.1", 0).unwrap();
    let handle = server.handle();
    tokio::spawn(server);
    (simulator, format!("http://{address}"), handle)
}
