//! The sheet in which the description is looked at, edited and saved as the photo's alternative text, and the thread that
//! saves it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};
use egui::{Button, Context, Id, Key, RichText, TextEdit, Ui};

use super::app::HearsightApp;
use super::look::theme;
use super::node;
use super::sheet::Sheet;
use crate::captioner::Description;
use crate::words::{self, AIM, LIMIT, Machine, Manner, NewWords, OwnWords, Saved, WordsError};
use crate::{report, text, wording};

/// What is written, for which photo.
#[derive(Debug, Default)]
struct Draft {
    photo: PathBuf,
    text: String,
    /// The machine's sentence that it began with.
    machine: Option<Machine>,
    /// Said above the field: how far to believe that sentence.
    doubt: Option<String>,
    /// The language of that sentence.
    language: String,
    manner: Manner,
    /// What was wrong with it.
    trouble: Option<String>,
    /// A person's text that stands there, about which is asked.
    there: Option<Box<OwnWords>>,
    /// Whether the answers to that question have not been shown yet.
    fresh_question: bool,
}

/// What the thread has to tell: what was saved, and what the photo says in words now.
struct Outcome {
    photo: PathBuf,
    saved: Result<Saved, WordsError>,
    words: Option<Box<OwnWords>>,
}

/// The draft, and the thread that saves it.
pub struct SaveWords {
    draft: Draft,
    busy: bool,
    sender: Sender<Outcome>,
    outcomes: Receiver<Outcome>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

/// What the person asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// To save what is written.
    Save,
    /// To leave the text that is there.
    Keep,
}

impl SaveWords {
    /// `ctx` is woken when something was saved, or could not be.
    pub fn new(ctx: &Context) -> Self {
        let (sender, outcomes) = bounded(1);
        let ctx = ctx.clone();
        Self {
            draft: Draft::default(),
            busy: false,
            sender,
            outcomes,
            wake: Arc::new(move || ctx.request_repaint()),
        }
    }

    /// Begins with the machine's sentence; what was written for the same photo and the same sentence stays.
    fn begin(&mut self, photo: &Path, description: Option<&Description>, language: &str) {
        let machine = description.map(|description| Machine {
            sentence: report::caption(description),
            name: words::machine(&description.model),
            reviewed: true,
        });
        if self.draft.photo == photo && self.draft.machine == machine && !self.draft.text.is_empty() {
            self.draft.trouble = None;
            self.draft.there = None;
            return;
        }
        self.draft = Draft {
            photo: photo.to_owned(),
            text: machine
                .as_ref()
                .map(|machine| machine.sentence.clone())
                .unwrap_or_default(),
            machine,
            doubt: description.and_then(wording::introduction),
            language: language.to_owned(),
            ..Draft::default()
        };
    }

    /// Adds the field and what belongs to it. `fresh` gives the field the focus; `own` are the words that the photo has.
    pub fn show(&mut self, ui: &mut Ui, own: Option<&OwnWords>, fresh: bool) -> Option<Choice> {
        let draft = &mut self.draft;
        if let Some(own) = own {
            let own = wording::own_words(own);
            node::text(ui, Id::unique("words there"), &own, &own, node::Kind::Plain);
        }
        if let Some(doubt) = &draft.doubt {
            let doubt = text!("save-words-doubt", doubt = doubt);
            let shown = RichText::new(&doubt).color(theme::trouble(ui.visuals()));
            node::text(ui, Id::unique("words in doubt"), shown, &doubt, node::Kind::Plain);
        }
        let label = ui.label(text!("save-words-label", most = LIMIT));
        // Of several lines to be seen, but one to be written: Enter saves.
        let field = TextEdit::multiline(&mut draft.text)
            .id(Id::unique("words to save"))
            .desired_rows(3)
            .desired_width(f32::INFINITY)
            .return_key(None);
        let field = ui.add(field).labelled_by(label.id);
        if fresh {
            field.request_focus();
        }
        if field.changed() {
            draft.trouble = None;
            draft.there = None;
        }
        let count = draft.text.trim().chars().count();
        let counted = text!("save-words-count", count = count, most = LIMIT);
        node::text(ui, Id::unique("words counted"), &counted, &counted, node::Kind::Plain);
        // News only where it becomes another, so that a screen reader does not count along with every letter.
        let news = draft.trouble.clone().or_else(|| length_in_words(count));
        if let Some(news) = news {
            let shown = RichText::new(&news).color(theme::trouble(ui.visuals()));
            node::text(ui, Id::unique("words trouble"), shown, &news, node::Kind::Status);
        }
        ui.checkbox(&mut draft.manner.backup, text!("save-words-backup"));
        ui.checkbox(&mut draft.manner.beside, text!("save-words-beside"));
        let entered = field.has_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if let Some(there) = &draft.there {
            let question = text!("save-words-question", words = &there.text);
            node::text(
                ui,
                Id::unique("words question"),
                &question,
                &question,
                node::Kind::Status,
            );
            let button = |name: String| Button::new(name).min_size(theme::TARGET_SIZE);
            let keep = ui.add(button(text!("save-words-keep")));
            // Who presses Enter without having listened keeps what is there.
            if std::mem::take(&mut draft.fresh_question) {
                keep.request_focus();
            }
            if ui.add(button(text!("save-words-replace"))).clicked() {
                draft.manner.replace = true;
                return Some(Choice::Save);
            }
            return keep.clicked().then_some(Choice::Keep);
        }
        let pressed = ui
            .add(Button::new(text!("save-words-save")).min_size(theme::TARGET_SIZE))
            .clicked();
        (entered || pressed).then_some(Choice::Save)
    }

    /// Saves the draft on a thread of its own; whether that began.
    fn save(&mut self) -> bool {
        if self.busy {
            return true;
        }
        let Draft {
            photo,
            text,
            machine,
            language,
            manner,
            ..
        } = &self.draft;
        let words = NewWords {
            text: text.clone(),
            language: language_of(text, language),
            machine: machine.clone(),
        };
        let (photo, manner) = (photo.clone(), *manner);
        // Only this once.
        self.draft.manner.replace = false;
        let (sender, wake) = (self.sender.clone(), Arc::clone(&self.wake));
        let started = std::thread::Builder::new()
            .name("save words".to_owned())
            .spawn(move || {
                let saved = words::save(&photo, &words, manner);
                let words = words::of(&photo).ok().flatten().map(Box::new);
                // The window may have gone: then there is nobody to tell.
                if sender.try_send(Outcome { photo, saved, words }).is_ok() {
                    wake();
                }
            });
        self.busy = started
            .inspect_err(|error| log::error!("the thread that saves words did not start: {error}"))
            .is_ok();
        self.busy
    }
}

/// What there is to say about the length; none where it is good.
fn length_in_words(count: usize) -> Option<String> {
    match count {
        count if count > LIMIT => Some(text!("save-words-too-long", most = LIMIT)),
        count if count > AIM => Some(text!("save-words-long", aim = AIM)),
        _ => None,
    }
}

/// The language of what was written: Korean letters are Korean, and everything else is of the sentence's language.
fn language_of(text: &str, sentence: &str) -> String {
    let korean = text.chars().any(|letter| ('가'..='힣').contains(&letter));
    if korean { "ko".to_owned() } else { sentence.to_owned() }
}

impl HearsightApp {
    /// Opens the sheet for the photo on the screen, or says why there is nothing to be saved.
    pub(super) fn ask_to_save_words(&mut self, ctx: &Context) {
        let Some((photo, _)) = &self.shown else {
            return self.answer(text!("status-no-photo"));
        };
        let Some(path) = photo.path() else {
            return self.answer(text!("save-words-no-file"));
        };
        if self.seeing.part().is_some() {
            return self.answer(text!("save-words-part"));
        }
        self.save_words
            .begin(path, self.description.as_deref(), &self.caption_language);
        self.stop_speaking();
        self.sheets.show(ctx, Sheet::SaveWords);
    }

    /// Does what was chosen in the sheet.
    pub(super) fn obey_save_words(&mut self, ctx: &Context, choice: Choice) {
        match choice {
            Choice::Save if self.save_words.save() => self.say(text!("save-working")),
            Choice::Save => self.complain(text!("status-no-thread")),
            Choice::Keep => {
                self.close_sheet(ctx);
                self.tell(text!("save-words-kept"));
            }
        }
    }

    /// Tells what became of it; what stands in the way comes up in the sheet.
    pub(super) fn hear_of_saved_words(&mut self, ctx: &Context) {
        while let Ok(Outcome { photo, saved, words }) = self.save_words.outcomes.try_recv() {
            self.save_words.busy = false;
            let is_shown = self
                .shown
                .as_ref()
                .is_some_and(|(shown, _)| shown.path() == Some(&photo));
            if is_shown {
                self.own_words = words;
            }
            match saved {
                Ok(saved) => {
                    self.save_words.draft = Draft::default();
                    if self.sheets.is(Sheet::SaveWords) {
                        self.close_sheet(ctx);
                    }
                    let path = saved.path.display().to_string();
                    self.answer(match saved.backup {
                        Some(backup) => text!(
                            "own-words-saved-with-backup",
                            path = path,
                            backup = backup.display().to_string()
                        ),
                        None => text!("own-words-saved", path = path),
                    });
                }
                Err(WordsError::There(there)) if self.sheets.is(Sheet::SaveWords) => {
                    self.say(text!("own-words-there", words = &there.text));
                    // A screen reader hears it where it stands.
                    if !self.narrator.leaves_speech() {
                        self.speak(text!("save-words-question", words = &there.text));
                    }
                    let draft = &mut self.save_words.draft;
                    draft.there = Some(there);
                    draft.fresh_question = true;
                }
                Err(error) => {
                    let draft = &mut self.save_words.draft;
                    let mut sentence = error.to_string();
                    if error.offers_sidecar() {
                        draft.manner.beside = true;
                        sentence = format!("{sentence} {}", text!("save-words-again"));
                    }
                    draft.trouble = Some(sentence.clone());
                    self.warn(sentence);
                }
            }
        }
    }
}
