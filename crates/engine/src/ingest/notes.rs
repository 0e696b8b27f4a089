//! Writing down, now and then, what webhooks showed in passing: which unregistered lines write
//! to us, and when something last came in on those that are registered.

use crate::Engine;

impl Engine {
    pub(crate) async fn flush_notes(&self) {
        self.flush_unrouted().await;
        self.flush_traffic().await;
    }

    async fn flush_unrouted(&self) {
        let hits = self.0.unrouted.take();
        if hits.is_empty() {
            return;
        }
        let written = async {
            let mut conn = self.resolver().control().conn().await?;
            control::unrouted::Unrouted::new(&mut conn)
                .record(&hits, self.clock().now())
                .await
        };
        if let Err(error) = written.await {
            tracing::warn!(%error, "could not note unregistered lines");
        }
    }

    async fn flush_traffic(&self) {
        let seen = self.0.traffic.take();
        if seen.is_empty() {
            return;
        }
        let written = async {
            let mut conn = self.resolver().control().conn().await?;
            control::traffic::Traffic::new(&mut conn).record(&seen).await
        };
        if let Err(error) = written.await {
            tracing::warn!(%error, "could not note when lines were last heard of");
        }
    }
}
