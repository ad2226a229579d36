//! What describing a folder does to the window: the sheet opens, the dialog answers, the job's end is told.

use egui::Context;

use super::app::HearsightApp;
use super::folder_screen::{Choice, News};
use super::outside::SavePlace;
use super::sheet::Sheet;
use crate::text;

impl HearsightApp {
    /// Opens or closes the sheet; how far a job is, is said.
    pub(super) fn toggle_folder(&mut self, ctx: &Context) {
        if self.sheets.is(Sheet::Folder) {
            self.close_sheet(ctx);
            return;
        }
        self.stop_speaking();
        self.folder.open();
        self.sheets.show(ctx, Sheet::Folder);
        // A screen reader reads the sheet.
        if let Some((sentence, _)) = self.folder.news()
            && !self.narrator.leaves_speech()
        {
            self.speak(sentence);
        }
    }

    /// Does what was pressed in the sheet.
    pub(super) fn obey_folder(&mut self, ctx: &Context, choice: Choice) {
        match choice {
            Choice::Dialog => {
                if !self.desktop.choose_folder() {
                    self.folder.refuse(text!("status-no-thread"));
                }
            }
            Choice::Start => {
                if let Err(sentence) = self.folder.begin(ctx) {
                    self.refuse_folder(sentence);
                }
            }
            Choice::Pause => {
                if let Some(sentence) = self.folder.pause()
                    && !self.narrator.leaves_speech()
                {
                    self.speak(sentence);
                }
            }
            Choice::Cancel => self.folder.cancel(),
        }
    }

    /// The dialog has answered.
    pub(super) fn take_folder(&mut self, place: SavePlace) {
        match place {
            SavePlace::Chosen(folder) => self.folder.choose(&folder),
            SavePlace::Cancelled => {}
            SavePlace::NoDialog => self.refuse_folder(text!("folder-sheet-no-dialog")),
        }
    }

    /// A screen reader hears it where it stands, in the sheet.
    fn refuse_folder(&mut self, sentence: String) {
        if !self.narrator.leaves_speech() {
            self.speak(sentence.clone());
        }
        self.folder.refuse(sentence);
    }

    /// Takes in what has become of the job; while somebody waits for a photo, it waits too.
    pub(super) fn listen_to_the_folder(&mut self) {
        self.folder.give_way(self.is_describing());
        match self.folder.poll() {
            Some(News::Ended(sentence)) => self.answer(sentence),
            Some(News::Failed(sentence)) => self.warn(sentence),
            None => {}
        }
    }
}
