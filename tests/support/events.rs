//! What the window tells screen readers as it happens: where the focus goes, and what is announced.

use std::fs;
use std::path::PathBuf;
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(40);

/// Something that the window told.
#[derive(Clone, Debug)]
pub struct Event {
    /// AT-SPI's name for the kind of event.
    pub kind: String,
    /// Whether the state came; it went otherwise.
    pub on: bool,
    /// What is to be announced.
    pub said: String,
    /// The node's name and role.
    pub name: String,
    pub role: String,
}

impl Event {
    /// Whether the focus came to the node.
    pub fn is_focus(&self) -> bool {
        self.kind.starts_with("object:state-changed:focused") && self.on
    }
}

/// What has been told so far, by a listener that writes it down until it is dropped.
pub struct Events {
    listener: Child,
    path: PathBuf,
}

impl Events {
    /// The events that this process writes there.
    pub fn of(listener: Child, path: PathBuf) -> Self {
        let events = Self { listener, path };
        let begun = Instant::now();
        while !fs::read_to_string(&events.path).is_ok_and(|text| text.contains("listening")) {
            assert!(begun.elapsed() < PATIENCE, "nothing listens to the window");
            sleep(Duration::from_millis(50));
        }
        events
    }

    /// All of them.
    pub fn all(&self) -> Vec<Event> {
        let text = fs::read_to_string(&self.path).unwrap();
        // The last line may not be there to its end.
        let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        let parsed = whole.filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let word = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
        parsed
            .map(|value| Event {
                kind: word(&value, "event"),
                on: value["on"] == 1,
                said: word(&value, "said"),
                name: word(&value, "name"),
                role: word(&value, "role"),
            })
            .collect()
    }

    /// Waits for the first event of which this is true and that is not among the `from` first.
    pub fn wait_from(&self, from: usize, what: &str, is_it: impl Fn(&Event) -> bool) -> Event {
        let begun = Instant::now();
        loop {
            let all = self.all();
            if let Some(event) = all.iter().skip(from).find(|event| is_it(event)) {
                return event.clone();
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "waited in vain for {what}; there were {all:?}"
            );
            sleep(Duration::from_millis(50));
        }
    }

    /// Waits for the first event of which this is true.
    pub fn wait_for(&self, what: &str, is_it: impl Fn(&Event) -> bool) -> Event {
        self.wait_from(0, what, is_it)
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        let _ = self.listener.kill();
        let _ = self.listener.wait();
    }
}
