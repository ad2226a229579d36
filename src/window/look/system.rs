//! What the system asks of every program's looks: dark or light, more contrast, less motion, larger text.
//!
//! On Linux the desktop portal is asked, which speaks for GNOME, KDE and others; without one, GTK's own file. A thread
//! asks, at the start and whenever the window comes to the front, for that is where people come from after they have
//! changed the system's settings.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Receiver, Sender, bounded};

/// What the system asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wishes {
    /// Whether it wants a dark ground; none where it does not say.
    pub dark: Option<bool>,
    /// Whether it wants more contrast.
    pub contrast: bool,
    /// Whether it wants things to keep still.
    pub still: bool,
    /// How much larger text should be than the screen's scale has it.
    pub text_scale: f32,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            dark: None,
            contrast: false,
            still: false,
            text_scale: 1.0,
        }
    }
}

/// Asks the system, and tells what it answered.
#[derive(Debug)]
pub struct System {
    answers: Receiver<Wishes>,
    sender: Sender<Wishes>,
    asking: Arc<AtomicBool>,
}

impl Default for System {
    fn default() -> Self {
        let (sender, answers) = bounded(1);
        Self {
            answers,
            sender,
            asking: Arc::default(),
        }
    }
}

impl System {
    /// Asks on a thread of its own; `wake` is called when the answer is there. One question at a time.
    pub fn ask(&self, wake: impl FnOnce() + Send + 'static) {
        if self.asking.swap(true, Ordering::SeqCst) {
            return;
        }
        let (sender, asking) = (self.sender.clone(), Arc::clone(&self.asking));
        let started = std::thread::Builder::new()
            .name("system-look".to_owned())
            .spawn(move || {
                let answer = wishes();
                asking.store(false, Ordering::SeqCst);
                if let Some(answer) = answer
                    && sender.try_send(answer).is_ok()
                {
                    wake();
                }
            });
        if let Err(error) = started {
            log::warn!("the thread system-look could not be started: {error}");
            self.asking.store(false, Ordering::SeqCst);
        }
    }

    /// The answer, once.
    pub fn answer(&self) -> Option<Wishes> {
        self.answers.try_recv().ok()
    }
}

#[cfg(target_os = "linux")]
fn wishes() -> Option<Wishes> {
    linux::wishes()
}

/// The window library asks macOS and Windows itself whether they are dark; nothing else is asked there.
#[cfg(not(target_os = "linux"))]
fn wishes() -> Option<Wishes> {
    None
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::HashMap;
    use std::time::Duration;

    use zbus::zvariant::{OwnedValue, Value};

    use super::Wishes;

    /// A portal that hangs is not waited for longer.
    const PATIENCE: Duration = Duration::from_secs(5);
    const APPEARANCE: &str = "org.freedesktop.appearance";
    const GNOME: &str = "org.gnome.desktop.interface";

    type Namespaces = HashMap<String, HashMap<String, OwnedValue>>;

    pub fn wishes() -> Option<Wishes> {
        match portal() {
            Ok(answer) => Some(from_portal(&answer)),
            Err(error) => {
                log::info!("the desktop portal does not tell how things should look: {error}");
                gtk_file().map(|text| from_gtk(&text))
            }
        }
    }

    fn portal() -> zbus::Result<Namespaces> {
        pollster::block_on(async {
            let bus = zbus::connection::Builder::session()?
                .method_timeout(PATIENCE)
                .build()
                .await?;
            let reply = bus
                .call_method(
                    Some("org.freedesktop.portal.Desktop"),
                    "/org/freedesktop/portal/desktop",
                    Some("org.freedesktop.portal.Settings"),
                    "ReadAll",
                    &vec![APPEARANCE, GNOME],
                )
                .await?;
            reply.body().deserialize()
        })
    }

    /// The inmost value: some portals wrap a variant into a variant.
    fn inner(value: &OwnedValue) -> &Value<'static> {
        let mut value: &Value<'static> = value;
        while let Value::Value(within) = value {
            value = within;
        }
        value
    }

    pub fn from_portal(answer: &Namespaces) -> Wishes {
        let find = |namespace: &str, key: &str| answer.get(namespace).and_then(|keys| keys.get(key)).map(inner);
        let number = |key| match find(APPEARANCE, key) {
            Some(Value::U32(number)) => Some(*number),
            _ => None,
        };
        Wishes {
            dark: match number("color-scheme") {
                Some(1) => Some(true),
                // No preference is what desktops say whose own windows are light.
                Some(_) => Some(false),
                None => None,
            },
            contrast: number("contrast") == Some(1),
            still: number("reduced-motion") == Some(1)
                || matches!(find(GNOME, "enable-animations"), Some(Value::Bool(false))),
            text_scale: match find(GNOME, "text-scaling-factor") {
                // Under X11 the desktop has made the screen's own scale larger already.
                Some(Value::F64(factor)) if on_wayland() && (0.5..=3.0).contains(factor) => *factor as f32,
                _ => 1.0,
            },
        }
    }

    fn on_wayland() -> bool {
        std::env::var_os("WAYLAND_DISPLAY").is_some_and(|display| !display.is_empty())
    }

    /// What a desktop without a portal has written down for GTK's programs.
    fn gtk_file() -> Option<String> {
        let base = directories::BaseDirs::new()?;
        let folder = base.config_dir();
        ["gtk-4.0", "gtk-3.0"]
            .iter()
            .find_map(|version| std::fs::read_to_string(folder.join(version).join("settings.ini")).ok())
    }

    pub fn from_gtk(text: &str) -> Wishes {
        let value = |key: &str| {
            text.lines()
                .filter_map(|line| line.split_once('='))
                .find(|(name, _)| name.trim() == key)
                .map(|(_, value)| value.trim().to_lowercase())
        };
        let yes = |text: String| matches!(text.as_str(), "1" | "true" | "yes");
        let theme = value("gtk-theme-name").unwrap_or_default();
        Wishes {
            dark: value("gtk-application-prefer-dark-theme")
                .map(yes)
                .or_else(|| theme.ends_with("-dark").then_some(true)),
            contrast: theme.starts_with("highcontrast"),
            still: value("gtk-enable-animations").is_some_and(|text| !yes(text)),
            ..Wishes::default()
        }
    }

    #[cfg(test)]
    #[allow(clippy::unwrap_used)]
    mod tests {
        use super::*;

        fn answer(pairs: Vec<(&str, &str, Value<'static>)>) -> Namespaces {
            let mut namespaces = Namespaces::new();
            for (namespace, key, value) in pairs {
                let value = OwnedValue::try_from(Value::Value(Box::new(value))).unwrap();
                namespaces
                    .entry(namespace.to_owned())
                    .or_default()
                    .insert(key.to_owned(), value);
            }
            namespaces
        }

        #[test]
        fn what_the_portal_says_is_understood() {
            let dark = answer(vec![
                (APPEARANCE, "color-scheme", 1_u32.into()),
                (APPEARANCE, "contrast", 1_u32.into()),
                (GNOME, "enable-animations", false.into()),
            ]);
            let wishes = from_portal(&dark);
            assert_eq!((wishes.dark, wishes.contrast, wishes.still), (Some(true), true, true));

            let light = answer(vec![
                (APPEARANCE, "color-scheme", 0_u32.into()),
                (GNOME, "enable-animations", true.into()),
            ]);
            let wishes = from_portal(&light);
            assert_eq!(
                (wishes.dark, wishes.contrast, wishes.still),
                (Some(false), false, false)
            );

            let still = answer(vec![(APPEARANCE, "reduced-motion", 1_u32.into())]);
            assert_eq!((from_portal(&still).dark, from_portal(&still).still), (None, true));
        }

        #[test]
        fn a_value_of_another_kind_is_no_wish() {
            let odd = answer(vec![
                (APPEARANCE, "color-scheme", "dark".into()),
                (GNOME, "enable-animations", 0_u32.into()),
            ]);
            assert_eq!(from_portal(&odd), Wishes::default());
        }

        #[test]
        fn what_stands_in_gtks_file_is_understood() {
            let wishes = from_gtk("[Settings]\ngtk-enable-animations=0\ngtk-application-prefer-dark-theme = true\n");
            assert_eq!((wishes.dark, wishes.still), (Some(true), true));
            assert!(from_gtk("gtk-theme-name=HighContrast\n").contrast);
            assert_eq!(from_gtk("gtk-enable-animations=1\n"), Wishes::default());
        }
    }
}
