//! How far a long run is, on standard error: a bar, or a line now and then for whoever has lines read out or logged.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use hearsight::folder::{Progress, time_left};
use hearsight::text;
use indicatif::{ProgressBar, ProgressStyle};

use super::output::complain;

/// A line comes no sooner after another.
const EVERY: Duration = Duration::from_secs(30);

/// How it is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// A bar on a terminal, else lines
    #[default]
    Auto,
    /// A bar that is drawn over and over
    Bar,
    /// A line now and then, for screen readers and logs
    Lines,
    /// Nothing but the end
    None,
}

/// What shows it.
pub struct Shown {
    bar: Option<ProgressBar>,
    lines: Option<Instant>,
}

impl Shown {
    /// Shows it so; a bar over lines that are being printed on the same terminal would break both.
    pub fn new(form: Form, prints: bool) -> Self {
        let form = match form {
            Form::Auto if prints && io::stdout().is_terminal() => Form::None,
            Form::Auto if io::stderr().is_terminal() => Form::Bar,
            Form::Auto => Form::Lines,
            form => form,
        };
        Self {
            bar: (form == Form::Bar).then(|| ProgressBar::new_spinner().with_style(style("{spinner} {msg}"))),
            lines: (form == Form::Lines).then(Instant::now),
        }
    }

    /// So many photos were found so far.
    pub fn found(&mut self, count: usize) {
        self.say(|| text!("folder-found", count = count));
    }

    /// The run begins.
    pub fn begin(&mut self, total: Option<usize>) {
        if let (Some(bar), Some(total)) = (&self.bar, total) {
            bar.set_style(style("{wide_bar} {pos}/{len} {msg}"));
            bar.set_length(total as u64);
        }
        if let (Some(_), Some(total)) = (self.lines, total) {
            complain(&text!("folder-begins", count = total));
        }
    }

    /// So far it is.
    pub fn so_far(&mut self, progress: &Progress) {
        if let Some(bar) = &self.bar {
            bar.set_position(progress.done as u64);
        }
        let in_bar = self.bar.is_some() && progress.total.is_some();
        self.say(|| sentence(progress, !in_bar));
    }

    /// Prints something, with no bar in its way.
    pub fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    /// Takes the bar away.
    pub fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn say(&mut self, sentence: impl FnOnce() -> String) {
        if let Some(bar) = &self.bar {
            bar.set_message(sentence());
            bar.tick();
        } else if let Some(last) = &mut self.lines
            && last.elapsed() >= EVERY
        {
            *last = Instant::now();
            complain(&sentence());
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// "1200 of 5000 photos. 3 failed. About 2 hours left."
fn sentence(progress: &Progress, counts: bool) -> String {
    let mut parts = Vec::new();
    match progress.total {
        _ if !counts => {}
        Some(total) => parts.push(text!("folder-so-far", done = progress.done, total = total)),
        None => parts.push(text!("folder-so-many", done = progress.done)),
    }
    if progress.failed > 0 {
        parts.push(text!("folder-failed", count = progress.failed));
    }
    if let Some(left) = progress.left {
        parts.push(text!("folder-left", time = time_left(left)));
    }
    parts.join(" ")
}
