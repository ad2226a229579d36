//! Which language is spoken now, for the whole process.

use super::Language;

/// The language of the interface at this moment.
pub fn current() -> Language {
    store::current()
}

/// Changes it. What is asked for from now on is in this language; what stands on the screen follows when it is painted.
pub fn set(language: Language) {
    store::set(language);
}

#[cfg(not(test))]
mod store {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use crate::language::Language;

    /// The place in [`Language::ALL`].
    static CURRENT: AtomicUsize = AtomicUsize::new(0);

    pub fn current() -> Language {
        let at = CURRENT.load(Ordering::Relaxed);
        Language::ALL.get(at).copied().unwrap_or_default()
    }

    pub fn set(language: Language) {
        let at = Language::ALL.iter().position(|known| *known == language);
        CURRENT.store(at.unwrap_or_default(), Ordering::Relaxed);
    }
}

/// Tests run beside one another: each has a language of its own.
#[cfg(test)]
mod store {
    use std::cell::Cell;

    use crate::language::Language;

    thread_local! {
        static CURRENT: Cell<Language> = const { Cell::new(Language::English) };
    }

    pub fn current() -> Language {
        CURRENT.get()
    }

    pub fn set(language: Language) {
        CURRENT.set(language);
    }
}
