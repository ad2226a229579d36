//! The window's state: what has come from the threads, what the person asked for, and what is shown of both.

use egui::{Context, Id};

use super::album::Album;
use super::commands::{Command, Entry};
use super::curtain::Curtain;
use super::folder_screen::FolderScreen;
use super::fonts::Fonts;
use super::key_order::KeyOrder;
use super::look::Look;
use super::others::Others;
use super::outside::Desktop;
use super::recent_screen::RecentScreen;
use super::save_words::SaveWords;
use super::screen::ScreenShot;
use super::screen_reader::{ScreenReader, Unknown};
use super::scrolling::Scrolling;
use super::settings_screen::SettingsScreen;
use super::sheet::{Sheet, Sheets};
use super::status::Status;
use super::typed_path::TypedPath;
use super::view::{Picture, Seeing};
use super::voice::{Narrator, SPEAKING_FRAME, Voice};
use super::voice_list::VoiceList;
use super::welcome::Welcome;
use super::withheld::Withheld;
use super::{caption, keys, words};
use crate::captioner::{Description, Stage};
use crate::describer::{Describer, Event, JobId, More, Source};
use crate::photo::Photo;
use crate::screen::Area;
use crate::settings::{Keeper, Opened, Settings, SettingsTrouble};
use crate::words::OwnWords;
use crate::{language, text};

/// The language of captions whose model does not name one.
const FALLBACK: &str = "en";

/// The window.
pub struct HearsightApp {
    pub(super) describer: Describer,
    pub(super) narrator: Narrator,
    pub(super) voice_list: VoiceList,
    pub(super) desktop: Box<dyn Desktop>,
    pub(super) model: Model,
    pub(super) shown: Option<(Photo, Picture)>,
    /// How the photo is seen.
    pub(super) seeing: Seeing,
    pub(super) description: Option<Box<Description>>,
    /// The words that the photo brought along.
    pub(super) own_words: Option<Box<OwnWords>>,
    pub(super) save_words: SaveWords,
    /// The word whose region is lit.
    pub(super) lit: Option<usize>,
    pub(super) status: Status,
    /// The language that the model writes in.
    pub(super) caption_language: String,
    pub(super) sheets: Sheets,
    pub(super) typed_path: TypedPath,
    pub(super) welcome: Welcome,
    /// What the person has chosen; whoever changes it calls [`HearsightApp::settings_changed`].
    pub(super) settings: Settings,
    keeper: Keeper,
    look: Look,
    pub(super) fonts: Fonts,
    pub(super) settings_screen: SettingsScreen,
    /// What is wrong with the file of settings.
    pub(super) settings_troubles: Vec<SettingsTrouble>,
    pub(super) at_work: Option<JobId>,
    pub(super) album: Album,
    pub(super) others: Others,
    pub(super) withheld: Withheld,
    pub(super) recents: RecentScreen,
    pub(super) folder: FolderScreen,
    pub(super) scrolling: Scrolling,
    pub(super) screen: ScreenShot,
    curtain: Curtain,
}

/// The model, as the window knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Model {
    Loading,
    Ready {
        name: String,
        device: String,
    },
    /// Why there is none.
    Missing(String),
}

impl HearsightApp {
    /// A window over these threads. `photos` says how many photos the program was started with; the describer has the
    /// first of them already. `opened` are the settings and who keeps them.
    pub fn new(
        ctx: &Context,
        describer: Describer,
        voice: Box<dyn Voice>,
        desktop: Box<dyn Desktop>,
        photos: usize,
        opened: Opened,
    ) -> Self {
        language::set(opened.settings.language.language());
        ctx.add_plugin(KeyOrder::default());
        let mut app = Self {
            describer,
            narrator: Narrator::new(voice, Box::new(Unknown)),
            voice_list: VoiceList::default(),
            desktop,
            model: Model::Loading,
            shown: None,
            seeing: Seeing::new(ctx),
            description: None,
            own_words: None,
            save_words: SaveWords::new(ctx),
            lit: None,
            status: Status::new(text!("status-loading-model")),
            caption_language: FALLBACK.to_owned(),
            sheets: Sheets::default(),
            typed_path: TypedPath::default(),
            welcome: Welcome::new(opened.settings.welcome_seen),
            settings: opened.settings,
            keeper: opened.keeper,
            look: Look::default(),
            fonts: Fonts::default(),
            settings_screen: SettingsScreen::default(),
            settings_troubles: opened.troubles,
            at_work: (photos > 0).then_some(1),
            album: Album::default(),
            others: Others::default(),
            withheld: Withheld::default(),
            recents: RecentScreen::default(),
            folder: FolderScreen::default(),
            scrolling: Scrolling::default(),
            screen: ScreenShot::default(),
            curtain: Curtain::open(),
        };
        app.narrator.adopt(&app.settings);
        if photos > 0 {
            app.say(text!("status-opening"));
        }
        app
    }

    /// The same with something that tells of screen readers.
    #[must_use]
    pub fn with_screen_reader(self, screen_reader: Box<dyn ScreenReader>) -> Self {
        let narrator = self.narrator.with_screen_reader(screen_reader);
        Self { narrator, ..self }
    }

    /// The same with a curtain that opens when it is seen.
    #[must_use]
    pub fn behind(self, curtain: Curtain) -> Self {
        Self { curtain, ..self }
    }

    /// Whether a photo is being opened or described, or the model loaded.
    pub(super) fn is_working(&self) -> bool {
        self.at_work.is_some() || self.album.is_opening() || self.model == Model::Loading
    }

    /// Whether the voice has something to say or says it.
    pub(super) fn is_speaking(&self) -> bool {
        self.narrator.is_speaking()
    }

    /// Keeps the settings as they are now.
    pub(super) fn settings_changed(&mut self) {
        self.keeper.save(&self.settings);
        self.narrator.adopt(&self.settings);
        self.recents.recent().turn(self.settings.keep_recent);
        let language = self.settings.language.language();
        if language != language::current() {
            language::set(language);
            self.say(text!("language-changed"));
        }
    }

    /// Takes in what the threads have sent.
    pub(super) fn listen(&mut self, ctx: &Context) {
        // A description that came before would be said by the wrong one.
        if !self.narrator.knows_who_speaks() {
            ctx.request_repaint_after(SPEAKING_FRAME);
            return;
        }
        while let Some(event) = self.describer.poll() {
            self.on_describer(ctx, event);
        }
        if self.narrator.listen() {
            self.lit = None;
        }
        while let Some(arrival) = self.desktop.poll() {
            self.on_arrival(ctx, arrival);
        }
        self.listen_to_the_album(ctx);
        self.listen_to_the_folder();
        self.look.refresh(ctx, &self.settings);
        self.fonts.refresh(ctx);
        if let Some(trouble) = self.keeper.trouble() {
            self.settings_troubles.push(trouble);
        }
        self.follow_the_voice(ctx);
        self.seeing.listen(ctx, self.shown.as_mut().map(|(_, picture)| picture));
        self.hear_of_saving();
        self.hear_of_saved_words(ctx);
        self.explore(ctx);
        self.welcome(ctx);
        self.status.announce(ctx, self.is_working());
        self.lead_reader(ctx);
    }

    fn on_describer(&mut self, ctx: &Context, event: Event) {
        // What still comes of a photo that was left is nobody's.
        if event.job().is_some_and(|job| self.at_work != Some(job)) {
            return;
        }
        match event {
            Event::ModelReady { name, device, language } => {
                self.caption_language = language.unwrap_or_else(|| FALLBACK.to_owned());
                self.model = Model::Ready { name, device };
                match self.at_work {
                    Some(_) => self.say(text!("status-looking")),
                    None if self.status.trouble => {}
                    None => self.say(text!("status-ready")),
                }
            }
            Event::ModelFailed { sentence } => {
                // A photo at work fails with the same sentence.
                if self.at_work.is_none() && !self.status.trouble {
                    self.complain(sentence.clone());
                }
                self.model = Model::Missing(sentence);
            }
            Event::PhotoReady {
                photo, preview, words, ..
            } => {
                self.typed_path.accept();
                self.own_words = words;
                let picture = Picture::new(&photo, &preview);
                self.shown = Some((photo, picture));
                self.say(if self.model == Model::Loading {
                    text!("status-loading-model")
                } else {
                    text!("status-looking")
                });
            }
            Event::Progress { stage, .. } => self.say(match stage {
                Stage::Preprocess | Stage::Encode => text!("status-looking"),
                Stage::Search { .. } => text!("status-writing"),
                Stage::Cover { covered, of } => text!("status-covering", covered = covered, of = of),
            }),
            Event::Done {
                job,
                description,
                known,
            } => self.on_described(ctx, job, description, known),
            Event::NoPicture { job } => self.on_no_picture(ctx, job),
            Event::Further { description, more, .. } => match more {
                More::Sentences => self.on_further(ctx, description),
                More::Places => self.on_covered(description),
            },
            Event::PhotoGone {
                name,
                sentence,
                description,
                ..
            } => self.on_photo_gone(ctx, &name, &sentence, description),
            Event::Failed { job, sentence } => {
                if self.seeing.works_on_part(job) {
                    self.leave_part();
                }
                self.at_work = None;
                self.correct_typed(ctx, &sentence);
                self.others.not_found();
                self.complain(sentence.clone());
                self.speak_after_own_words(sentence);
                self.look_ahead();
            }
        }
    }

    /// Lights the word that is being said.
    fn follow_the_voice(&mut self, ctx: &Context) {
        if let Some(word) = self.narrator.word_now() {
            // What is said after the caption lights nothing.
            self.lit = word.filter(|number| self.word(*number).is_some());
            ctx.request_repaint_after(SPEAKING_FRAME);
        }
    }

    /// Reads the keys before any widget sees them, then what was dropped.
    pub(super) fn obey_input(&mut self, ctx: &Context) {
        self.sheets.give_focus_back(ctx);
        let on_text = self.focus_is_on_text(ctx);
        let settings = self.settings_screen.is_open();
        if !settings {
            self.take_arrows(ctx);
        }
        for command in keys::pressed(ctx, |entry| self.may_have_its_key(ctx, entry, on_text)) {
            self.obey(ctx, command);
        }
        if !settings && self.sheets.open().is_none() {
            self.keep_arrows(ctx);
        }
        let pasted = ctx.input(|i| i.events.iter().any(|event| matches!(event, egui::Event::Paste(_))));
        if !self.take_drops(ctx) && pasted && !ctx.text_edit_focused() {
            // Some desktops send a paste of their own, as from a menu.
            self.obey(ctx, Command::Paste);
        }
    }

    /// Whether a command may have its key now: a button that has the focus keeps its Space, and what stands over the
    /// window has keys of its own.
    fn may_have_its_key(&self, ctx: &Context, entry: &Entry, on_text: bool) -> bool {
        self.sheets.let_through(entry)
            && (entry.command != Command::Speak || on_text)
            && (self.sheets.open().is_some() || self.settings_screen.lets_through(ctx, entry.command))
    }

    /// Whether Space means the voice: nothing has the focus, or the description or one of its words has.
    fn focus_is_on_text(&self, ctx: &Context) -> bool {
        ctx.memory(|memory| memory.focused()).is_none_or(|focused| {
            focused == caption::heading_id() || focused == Seeing::photo_id() || self.focused_word(focused).is_some()
        })
    }

    pub(super) fn focused_word(&self, focused: Id) -> Option<usize> {
        let words = self
            .description
            .as_ref()
            .map_or(0, |description| description.words.len());
        (0..words).find(|number| caption::word_id(*number) == focused)
    }

    /// egui would move the focus with the arrow keys and drop it with Escape; here they step and stop.
    fn keep_arrows(&self, ctx: &Context) {
        ctx.memory_mut(|memory| {
            if let Some(focused) = memory.focused() {
                let filter = egui::EventFilter {
                    horizontal_arrows: true,
                    vertical_arrows: true,
                    escape: true,
                    ..Default::default()
                };
                memory.set_focus_lock_filter(focused, filter);
            }
        });
    }

    /// What [`HearsightApp::obey`] does for each command.
    pub(super) fn act(&mut self, ctx: &Context, command: Command) {
        self.welcome.end();
        match command {
            Command::Open => match self.desktop.choose() {
                true => self.say(text!("status-choosing")),
                false => self.complain(text!("status-no-thread")),
            },
            Command::Paste => match self.desktop.paste() {
                true => self.say(text!("status-pasting")),
                false => self.complain(text!("status-no-thread")),
            },
            Command::Screen => self.take_screen(ctx, Area::Whole),
            Command::ScreenPart => self.take_screen(ctx, Area::Part),
            Command::Describe if self.leave_part() => self.speak_description(ctx),
            Command::Describe => match &self.shown {
                // It is being described already.
                _ if self.at_work.is_some() => {}
                Some((photo, _)) => self.open(Source::Photo(photo.clone())),
                None => self.answer(text!("status-no-photo")),
            },
            Command::NextPhoto => self.step_photo(ctx, false),
            Command::PreviousPhoto => self.step_photo(ctx, true),
            Command::DescribeFolder => self.toggle_folder(ctx),
            Command::Recent => self.toggle_recents(ctx),
            Command::SaveWords => self.ask_to_save_words(ctx),
            Command::NextSentence => self.step_sentence(ctx, false),
            Command::PreviousSentence => self.step_sentence(ctx, true),
            Command::Guess => self.tell_the_guess(ctx),
            Command::Speak if self.is_speaking() => self.stop_speaking(),
            // Asked while the sentence is being written: it will be spoken when it is there.
            Command::Speak | Command::Repeat => self.repeat(ctx),
            Command::Faster => self.change_rate(ctx, true),
            Command::Slower => self.change_rate(ctx, false),
            Command::Louder => self.change_volume(ctx, true),
            Command::Softer => self.change_volume(ctx, false),
            Command::Spell => self.spell(ctx),
            Command::Unsure => self.tell_unsure(),
            Command::Stop if self.sheets.is(Sheet::Recent) && self.recents.take_back() => {}
            Command::Stop if self.sheets.open().is_some() => self.close_sheet(ctx),
            Command::Stop if self.settings_screen.is_open() => self.settings_screen.toggle(ctx),
            Command::Stop if self.step_back() => {}
            Command::Stop if !self.is_speaking() && self.stop_describing() => {}
            Command::Stop => {
                self.stop_speaking();
                self.lit = None;
            }
            Command::Next => self.step(ctx, true),
            Command::Previous => self.step(ctx, false),
            Command::Copy => match self.sentence_to_copy() {
                Some(sentence) => {
                    ctx.copy_text(sentence);
                    self.answer(text!("status-copied"));
                }
                None => self.answer(text!("status-no-sentence")),
            },
            Command::Settings => self.settings_screen.toggle(ctx),
            Command::NextTheme => self.next_theme(),
            Command::LargerAll => self.rescale(1),
            Command::SmallerAll => self.rescale(-1),
            Command::UsualSize => self.usual_size(),
            Command::LargerText => self.resize_text(true),
            Command::SmallerText => self.resize_text(false),
            Command::ScrollDown => self.scrolling.step(true),
            Command::ScrollUp => self.scrolling.step(false),
            Command::TypePath => self.ask_for_path(ctx, None),
            Command::Menu => self.toggle_menu(ctx),
            Command::Keys => self.toggle_help(ctx),
            Command::SavePicture
            | Command::ZoomIn
            | Command::ZoomOut
            | Command::Fit
            | Command::ActualSize
            | Command::PanLeft
            | Command::PanRight
            | Command::PanUp
            | Command::PanDown
            | Command::DescribePart
            | Command::AttentionMode
            | Command::WholeSentence
            | Command::Stronger
            | Command::Weaker
            | Command::Review
            | Command::ExportReview
            | Command::Cover
            | Command::Explore
            | Command::Place
            | Command::Places => self.obey_view(ctx, command),
        }
    }

    /// Lights the next word or the one before; at the ends it stays.
    fn step(&mut self, ctx: &Context, forward: bool) {
        let focused = self.word_in_focus(ctx);
        let Some(last) = self
            .description
            .as_ref()
            .and_then(|description| description.words.len().checked_sub(1))
        else {
            self.say_no_sentence();
            return;
        };
        let number = match (self.lit.or(focused), forward) {
            (Some(now), true) => (now + 1).min(last),
            (Some(now), false) => now.saturating_sub(1),
            (None, true) => 0,
            (None, false) => last,
        };
        self.light(number);
        // The focus follows where it was on a word or a screen reader says what has it.
        if focused.is_some() || self.narrator.leaves_speech() {
            ctx.memory_mut(|memory| {
                memory.request_focus(caption::word_id(number));
                // egui would go on from there with the same arrow.
                memory.move_focus(egui::FocusDirection::None);
            });
        }
    }

    /// Says that there is no sentence yet; while it works the status line has better things to say.
    pub(super) fn say_no_sentence(&mut self) {
        if !self.is_working() && !self.status.trouble {
            self.answer(text!("status-no-sentence"));
        }
    }

    /// The word that has the keyboard focus.
    pub(super) fn word_in_focus(&self, ctx: &Context) -> Option<usize> {
        let focused = ctx.memory(|memory| memory.focused())?;
        self.focused_word(focused)
    }

    /// Lights one word's region and says the word and its place instead of what is being said.
    pub(super) fn light(&mut self, number: usize) {
        self.stop_speaking();
        if self.word(number).is_some() {
            self.lit = Some(number);
            self.seeing.show_word();
            self.tell_word(number);
        }
    }

    /// The word whose region is lit.
    pub(super) fn lit_word(&self) -> Option<&crate::captioner::Word> {
        self.word(self.lit?)
    }

    pub(super) fn word(&self, number: usize) -> Option<&crate::captioner::Word> {
        self.description.as_ref()?.words.get(number)
    }

    /// Hands a photo to the describer; what is known of the one before is taken from the screen.
    pub(super) fn open(&mut self, source: Source) {
        self.take_away(matches!(source, Source::Photo(_)));
        self.say(text!("status-opening"));
        self.hand_over(source);
    }

    /// Takes from the screen what is known of the photo, and the photo itself unless it stays.
    pub(super) fn take_away(&mut self, photo_stays: bool) {
        self.clear_sentence();
        self.seeing.forget();
        if !photo_stays {
            self.shown = None;
            self.own_words = None;
        }
    }

    /// Takes the sentence from the screen and gives it.
    pub(super) fn clear_sentence(&mut self) -> Option<Box<Description>> {
        self.stop_speaking();
        self.lit = None;
        self.others.clear();
        self.withheld.clear();
        self.description.take()
    }

    /// Hands something to the describer; what it says of anything older counts no more.
    pub(super) fn hand_over(&mut self, source: Source) -> JobId {
        let job = self.describer.describe(source);
        self.at_work = Some(job);
        job
    }

    /// Whatever the describer still says of what it works on does not count.
    pub(super) fn forget_job(&mut self) {
        self.describer.cancel();
        self.at_work = None;
    }

    /// Whether a photo is being described.
    pub(super) fn is_describing(&self) -> bool {
        self.at_work.is_some()
    }

    pub(super) fn say(&mut self, text: impl Into<String>) {
        self.status.set(text.into());
    }

    pub(super) fn complain(&mut self, sentence: String) {
        self.say(sentence);
        self.status.trouble = true;
    }
}

impl eframe::App for HearsightApp {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.curtain.refresh(ctx);
        self.listen(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        ui.ctx()
            .accesskit_node_builder(egui::accesskit_root_id(), |node| node.set_label(words::TITLE));
        self.obey_input(&ui.ctx().clone());
        self.show(ui);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.curtain = Curtain::open();
        self.narrator.close();
        self.folder.cancel();
        self.keeper.close();
    }
}
