//! Says what is being done, with a moving line where somebody watches.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A line for each step; on a terminal it turns while the step lasts.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(crate) fn new(steps: u64) -> Self {
        let bar = ProgressBar::new(steps);
        let style = ProgressStyle::with_template("{spinner:.cyan} [{bar:24.cyan/dim}] {pos}/{len} {msg}");
        bar.set_style(
            style
                .unwrap_or_else(|_| ProgressStyle::default_bar())
                .progress_chars("━━─"),
        );
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar }
    }

    /// Begins the next step. Where nobody watches, one line is printed for it.
    pub(crate) fn step(&self, text: impl Into<String>) {
        let text = text.into();
        if self.bar.is_hidden() {
            eprintln!("· {text}");
        }
        self.bar.set_message(text);
        self.bar.inc(1);
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
