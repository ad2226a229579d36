//! The sheet in which a folder is described: which one and into what, then how far it is, with pause and cancel.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use egui::{Button, Context, Id, ProgressBar, TextEdit, Ui};

use super::look::theme;
use super::{node, typed_path};
use crate::folder::{Event, FolderError, Format, Job, Progress, Request, Summary, time_left};
use crate::text;

/// Progress is announced no sooner after the last time: who listens has other things to do.
const ANNOUNCED: Duration = Duration::from_secs(60);

/// What the files are called unless the person says otherwise.
const NAME: &str = "descriptions";

/// Starts a job.
pub type Start = Box<dyn Fn(Request, &Context) -> std::io::Result<Job>>;

/// The screen and the job behind it.
pub struct FolderScreen {
    /// The folder, as typed.
    folder: String,
    /// The files without their endings, as typed.
    place: String,
    /// Whether the files are called as the program proposed.
    is_proposed: bool,
    formats: [bool; Format::ALL.len()],
    trouble: Option<String>,
    /// What the last job came to, a line each.
    ended: Vec<String>,
    running: Option<Running>,
    start: Start,
    /// The model, and how it is loaded.
    with: Request,
    /// Whether the focus is to go to what can be pressed now.
    moved: bool,
}

/// A job that has not ended.
struct Running {
    job: Job,
    found: usize,
    progress: Option<Progress>,
    paused: bool,
    announced: String,
    since: Instant,
}

/// What the person pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// To choose the folder in a dialog.
    Dialog,
    /// To start.
    Start,
    /// To pause, or to go on.
    Pause,
    /// To cancel.
    Cancel,
}

/// What has become of the job.
#[derive(Debug)]
pub enum News {
    /// It has ended; the sentence that says so.
    Ended(String),
    /// It has ended by a fault.
    Failed(String),
}

impl Default for FolderScreen {
    fn default() -> Self {
        Self::new(Request::default(), Box::new(start))
    }
}

/// The real thread.
fn start(request: Request, ctx: &Context) -> std::io::Result<Job> {
    let ctx = ctx.clone();
    Job::start(request, move || ctx.request_repaint())
}

impl FolderScreen {
    /// The screen, closed; jobs are started by `start` and use the model of `with`.
    pub fn new(with: Request, start: Start) -> Self {
        Self {
            folder: String::new(),
            place: String::new(),
            is_proposed: true,
            formats: Format::ALL.map(|format| format == Format::Album),
            trouble: None,
            ended: Vec::new(),
            running: None,
            start,
            with,
            moved: false,
        }
    }

    /// Takes the model that the window was started with.
    pub fn use_model(&mut self, with: Request) {
        self.with = with;
    }

    /// The sheet opens.
    pub fn open(&mut self) {
        self.trouble = None;
        self.moved = true;
    }

    /// The folder was chosen in a dialog.
    pub fn choose(&mut self, folder: &Path) {
        self.folder = folder.to_string_lossy().into_owned();
        self.trouble = None;
        self.propose();
        self.moved = true;
    }

    /// Something was wrong, as a sentence.
    pub fn refuse(&mut self, trouble: String) {
        self.trouble = Some(trouble);
    }

    /// Has the job wait for as long as somebody waits for a photo.
    pub fn give_way(&self, gives_way: bool) {
        if let Some(running) = &self.running {
            running.job.control().give_way(gives_way);
        }
    }

    /// Starts what was typed.
    ///
    /// # Errors
    /// What is missing, as a sentence for the person.
    pub fn begin(&mut self, ctx: &Context) -> Result<(), String> {
        let folder = typed_path::path(&self.folder).ok_or_else(|| text!("folder-sheet-no-folder"))?;
        let place = typed_path::path(&self.place).ok_or_else(|| text!("folder-sheet-no-place"))?;
        let outputs: Vec<PathBuf> = self
            .chosen()
            .map(|format| {
                let mut name = place.clone().into_os_string();
                name.push(".");
                name.push(format.ending());
                name.into()
            })
            .collect();
        if outputs.is_empty() {
            return Err(text!("folder-sheet-no-format"));
        }
        let request = Request {
            folder,
            outputs,
            ..self.with.clone()
        };
        let job = (self.start)(request, ctx).map_err(|error| {
            log::error!("the folder's thread did not start: {error}");
            text!("status-no-thread")
        })?;
        self.ended.clear();
        self.trouble = None;
        self.moved = true;
        self.running = Some(Running {
            job,
            found: 0,
            progress: None,
            paused: false,
            announced: text!("folder-sheet-begins"),
            since: Instant::now(),
        });
        Ok(())
    }

    /// Pauses the job or lets it go on; the sentence that says so.
    pub fn pause(&mut self) -> Option<String> {
        let running = self.running.as_mut()?;
        running.paused = !running.paused;
        running.job.control().pause(running.paused);
        running.announce();
        Some(running.sentence())
    }

    /// Cancels the job; its end is told when it has come.
    pub fn cancel(&mut self) {
        if let Some(running) = &self.running {
            running.job.control().cancel();
        }
    }

    /// Takes in what the thread has sent.
    pub fn poll(&mut self) -> Option<News> {
        let running = self.running.as_mut()?;
        while let Some(event) = running.job.poll() {
            match event {
                Event::Found(found) => running.found = found,
                Event::Progress(progress) => running.progress = Some(progress),
                Event::Ended(ended) => {
                    self.running = None;
                    self.moved = true;
                    return Some(self.end(ended));
                }
            }
        }
        if running.since.elapsed() >= ANNOUNCED && !running.paused {
            running.announce();
        }
        None
    }

    fn end(&mut self, ended: Result<Summary, FolderError>) -> News {
        match ended {
            Ok(summary) => {
                self.ended = summary.lines();
                News::Ended(summary.sentence())
            }
            Err(FolderError::Cancelled) => {
                let sentence = FolderError::Cancelled.to_string();
                self.ended.push(sentence.clone());
                News::Ended(sentence)
            }
            Err(error) => {
                let sentence = error.to_string();
                self.trouble = Some(sentence.clone());
                News::Failed(sentence)
            }
        }
    }

    /// How far the job is: as it is shown, and as screen readers were told last.
    pub fn news(&self) -> Option<(String, &str)> {
        let running = self.running.as_ref()?;
        Some((running.sentence(), running.announced.as_str()))
    }

    /// What stands in the sheet.
    pub fn show(&mut self, ui: &mut Ui) -> Option<Choice> {
        match self.running {
            Some(_) => self.show_running(ui),
            None => self.show_form(ui),
        }
    }

    fn show_form(&mut self, ui: &mut Ui) -> Option<Choice> {
        let mut choice = None;
        for (number, line) in self.ended.iter().enumerate() {
            node::text(
                ui,
                Id::unique(("folder ended", number)),
                line.as_str(),
                line,
                node::Kind::Plain,
            );
        }
        let about = text!("folder-sheet-about");
        node::text(
            ui,
            Id::unique("folder about"),
            about.as_str(),
            &about,
            node::Kind::Plain,
        );
        let label = ui.label(text!("folder-sheet-folder"));
        let field = ui.add(field("folder", &mut self.folder)).labelled_by(label.id);
        if std::mem::take(&mut self.moved) {
            field.request_focus();
        }
        if field.changed() {
            self.trouble = None;
            self.propose();
        }
        if button(ui, text!("folder-sheet-choose")).clicked() {
            choice = Some(Choice::Dialog);
        }
        let label = ui.label(text!("folder-sheet-place"));
        let place = ui
            .add(self::field("folder-place", &mut self.place))
            .labelled_by(label.id);
        if place.changed() {
            self.is_proposed = false;
            self.trouble = None;
        }
        for (format, chosen) in Format::ALL.into_iter().zip(&mut self.formats) {
            let name = match format {
                Format::Album => text!("folder-sheet-album"),
                Format::Table => text!("folder-sheet-table"),
                Format::Lines => text!("folder-sheet-lines"),
            };
            ui.checkbox(chosen, name);
        }
        if let Some(trouble) = &self.trouble {
            let shown = egui::RichText::new(trouble).color(theme::trouble(ui.visuals()));
            node::text(ui, Id::unique("folder trouble"), shown, trouble, node::Kind::Status);
        }
        if button(ui, text!("folder-sheet-start")).clicked() {
            choice = Some(Choice::Start);
        }
        choice
    }

    fn show_running(&mut self, ui: &mut Ui) -> Option<Choice> {
        let running = self.running.as_ref()?;
        let sentence = running.sentence();
        node::text(
            ui,
            Id::unique("folder status"),
            sentence,
            &running.announced,
            node::Kind::Status,
        );
        if let Some(Progress {
            done,
            total: Some(total),
            ..
        }) = running.progress
        {
            ui.add(ProgressBar::new(done as f32 / total.max(1) as f32).desired_width(ui.available_width()));
        }
        let name = match running.paused {
            true => text!("folder-sheet-go-on"),
            false => text!("folder-sheet-pause"),
        };
        let mut choice = None;
        ui.horizontal_wrapped(|ui| {
            let pause = ui.add(Button::new(name).min_size(theme::TARGET_SIZE));
            if std::mem::take(&mut self.moved) {
                pause.request_focus();
            }
            if pause.clicked() {
                choice = Some(Choice::Pause);
            }
            if button(ui, text!("folder-sheet-cancel")).clicked() {
                choice = Some(Choice::Cancel);
            }
        });
        let stays = text!("folder-sheet-stays");
        node::text(
            ui,
            Id::unique("folder stays"),
            stays.as_str(),
            &stays,
            node::Kind::Plain,
        );
        choice
    }

    fn chosen(&self) -> impl Iterator<Item = Format> {
        Format::ALL
            .into_iter()
            .zip(self.formats)
            .filter_map(|(format, chosen)| chosen.then_some(format))
    }

    /// The files lie in the folder itself, unless the person has said otherwise.
    fn propose(&mut self) {
        if self.is_proposed {
            let folder = typed_path::path(&self.folder);
            self.place = folder.map_or_else(String::new, |folder| folder.join(NAME).to_string_lossy().into_owned());
        }
    }
}

impl Running {
    fn announce(&mut self) {
        self.announced = self.sentence();
        self.since = Instant::now();
    }

    fn sentence(&self) -> String {
        let mut parts = Vec::new();
        match &self.progress {
            None if self.found == 0 => parts.push(text!("folder-sheet-begins")),
            None => parts.push(text!("folder-found", count = self.found)),
            Some(progress) => {
                let total = progress.total.unwrap_or(progress.done);
                parts.push(text!("folder-so-far", done = progress.done, total = total));
                if progress.failed > 0 {
                    parts.push(text!("folder-failed", count = progress.failed));
                }
                if let Some(left) = progress.left.filter(|_| !self.paused) {
                    parts.push(text!("folder-left", time = time_left(left)));
                }
            }
        }
        if self.paused {
            parts.push(text!("folder-sheet-paused"));
        }
        parts.join(" ")
    }
}

fn field<'a>(id: &'static str, text: &'a mut String) -> TextEdit<'a> {
    TextEdit::singleline(text)
        .id(Id::unique(id))
        .desired_width(f32::INFINITY)
        .min_size(theme::TARGET_SIZE)
        .align(egui::Align2::LEFT_CENTER)
}

fn button(ui: &mut Ui, name: String) -> egui::Response {
    ui.add(Button::new(name).min_size(theme::TARGET_SIZE))
}
