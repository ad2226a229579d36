//! The photos as web pages that everybody can read: each photo with its sentence as its alternative text and below it,
//! under the name of its folder, reachable by keys and by headings, without scripts and without anything from elsewhere.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use maud::{DOCTYPE, Markup, PreEscaped, html};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use super::catalogue::{Entry, Output, Told, parent};
use super::fresh::{Fresh, Ready};
use crate::{language, report, text, wording};

/// Photos on a page: as many as a screen reader lists and a browser lays out in a moment.
const PAGE: usize = 100;

/// What an address may hold as it is.
const ADDRESS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The same of a whole path.
const PATH: &AsciiSet = &ADDRESS.remove(b'/').remove(b':');

/// The look of the pages, light and dark. Each colour of text has a contrast of at least 7 to its ground.
const STYLE: &str = include_str!("album.css");

/// The pages that are being written: the one that is not full yet is in memory.
pub(super) struct Album {
    /// The first page.
    place: PathBuf,
    /// What it is about.
    name: Option<String>,
    page: usize,
    sections: Vec<Section>,
    photos: usize,
    ready: Vec<Ready>,
}

/// The photos of a folder that follow one another on a page.
struct Section {
    folder: PathBuf,
    items: Vec<Markup>,
}

impl Album {
    pub(super) fn begin(place: &Path, name: Option<&str>) -> io::Result<Self> {
        // That it can be written shows before hours are spent on what is to stand in it.
        drop(Fresh::begin(place)?);
        Ok(Self {
            place: place.to_owned(),
            name: name.map(str::to_owned),
            page: 1,
            sections: Vec::new(),
            photos: 0,
            ready: Vec::new(),
        })
    }

    /// The pages after the first that stand there.
    pub(super) fn pages_there(place: &Path) -> io::Result<Vec<PathBuf>> {
        let entries = match fs::read_dir(pages(place)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut there = Vec::new();
        for entry in entries {
            let path = entry?.path();
            let is_page = path.extension().is_some_and(|ending| ending == "html")
                && path
                    .file_stem()
                    .and_then(|stem| stem.to_str())
                    .is_some_and(|stem| stem.parse::<usize>().is_ok());
            if is_page {
                there.push(path);
            }
        }
        Ok(there)
    }

    /// Takes away what a run that was killed has left of pages, and the folder of pages where there are none.
    pub(super) fn sweep(place: &Path) {
        for entry in fs::read_dir(pages(place)).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let left = name.as_encoded_bytes();
            if left.starts_with(b".")
                && left.ends_with(b".html.part")
                && let Err(error) = fs::remove_file(entry.path())
            {
                log::info!("{} is left: {error}", entry.path().display());
            }
        }
        // Refused where anything is in it.
        let _ = fs::remove_dir(pages(place));
    }

    /// Where a page stands.
    fn at(&self, page: usize) -> PathBuf {
        match page {
            1 => self.place.clone(),
            page => pages(&self.place).join(format!("{page}.html")),
        }
    }

    fn write_page(&mut self, is_last: bool) -> io::Result<()> {
        let at = self.at(self.page);
        if self.page == 2 {
            fs::create_dir_all(pages(&self.place))?;
        }
        let mut file = Fresh::begin(&at)?;
        file.write_all(self.markup(&at, is_last).0.as_bytes())?;
        self.ready.push(file.finish()?);
        self.page += 1;
        self.photos = 0;
        self.sections.clear();
        Ok(())
    }

    fn markup(&self, at: &Path, is_last: bool) -> Markup {
        let title = match &self.name {
            Some(name) => text!("album-title", name = name),
            None => text!("album-title-plain"),
        };
        let heading = match (self.page, is_last) {
            (1, true) => title,
            (page, _) => text!("album-title-page", title = title, page = page),
        };
        let back = (self.page > 1).then(|| address(at, &self.at(self.page - 1)));
        let on = (!is_last).then(|| address(at, &self.at(self.page + 1)));
        let nav = |name: String| {
            html! {
                @if back.is_some() || on.is_some() {
                    nav aria-label=(name) {
                        @if let Some(back) = &back { a href=(back) rel="prev" { (text!("album-previous")) } " " }
                        @if let Some(on) = &on { a href=(on) rel="next" { (text!("album-next")) } }
                    }
                }
            }
        };
        html! {
            (DOCTYPE)
            html lang=(language::current().tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (heading) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    a.skip href="#photos" { (text!("album-skip")) }
                    header {
                        h1 { (heading) }
                        p { (text!("album-made")) }
                    }
                    (nav(text!("album-pages")))
                    main id="photos" tabindex="-1" {
                        @for (number, section) in self.sections.iter().enumerate() {
                            section aria-labelledby=(format!("folder-{number}")) {
                                h2 id=(format!("folder-{number}")) { (section.folder.to_string_lossy()) }
                                ul { @for item in &section.items { (item) } }
                            }
                        }
                    }
                    (nav(text!("album-pages-again")))
                }
            }
        }
    }
}

impl Output for Album {
    fn put(&mut self, entry: &Entry<'_>) -> io::Result<()> {
        if self.photos == PAGE {
            self.write_page(false)?;
        }
        let item = item(&self.at(self.page), entry);
        let folder = parent(entry.photo);
        match self.sections.last_mut() {
            Some(section) if section.folder == folder => section.items.push(item),
            _ => self.sections.push(Section {
                folder: folder.to_owned(),
                items: vec![item],
            }),
        }
        self.photos += 1;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<Vec<Ready>> {
        self.write_page(true)?;
        // The first page comes last: until then the old ones are all there, and their links lead to whole pages.
        self.ready.reverse();
        Ok(self.ready)
    }
}

/// One photo. Its own words, or else its sentence, are its alternative text; the same below it is for the eye, so that it
/// is not read out twice.
fn item(page: &Path, entry: &Entry<'_>) -> Markup {
    let name = entry.photo.file_name().unwrap_or(entry.photo.as_os_str());
    let name = name.to_string_lossy();
    let own = entry.own_words.map(wording::own_words);
    let (sentence, tongue) = match entry.told {
        Told::Description(description) => {
            let sentence = report::listed(description);
            // With words of the program before it, it is of two languages.
            let is_theirs = sentence == report::caption(description);
            (sentence, is_theirs.then_some(entry.tongue))
        }
        Told::NoPicture => (wording::no_picture(), None),
        Told::Failed(reason) => {
            return html! {
                li {
                    p.name { (name) }
                    @if let Some(own) = &own { p.sentence { (own) } }
                    p.error { (text!("album-failed", reason = reason)) }
                }
            };
        }
    };
    let link = address(page, entry.photo);
    let (alternative, tongue, after) = match own {
        Some(own) => (own, None, Some(wording::after_own_words(&sentence))),
        None => (sentence, tongue, None),
    };
    html! {
        li {
            figure {
                a href=(link) {
                    img src=(link) alt=(alternative) lang=[tongue] loading="lazy" decoding="async";
                }
                figcaption {
                    p.sentence lang=[tongue] aria-hidden="true" { (alternative) }
                    @if let Some(after) = &after { p { (after) } }
                    p.name { (name) }
                }
            }
        }
    }
}

/// The folder of the pages after the first.
fn pages(place: &Path) -> PathBuf {
    let mut name = place.file_stem().unwrap_or_default().to_owned();
    name.push("-pages");
    place.with_file_name(name)
}

/// The address of a file as seen from a page, relative, so that pages and photos can be moved together.
fn address(page: &Path, file: &Path) -> String {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let (from, to) = (absolute(page), absolute(file));
    let encode = |part: &std::ffi::OsStr| percent_encode(part.as_encoded_bytes(), ADDRESS).to_string();
    match pathdiff::diff_paths(&to, parent(&from)) {
        Some(relative) if relative.is_relative() => relative.iter().map(encode).collect::<Vec<_>>().join("/"),
        // On another drive.
        _ => format!("file:///{}", percent_encode(to.as_os_str().as_encoded_bytes(), PATH)),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::report::example;
    use crate::words::{Field, OwnWords};

    /// The pages of so many photos in three folders, written and put in their places.
    fn written(folder: &Path, count: usize) -> Vec<PathBuf> {
        let place = folder.join("my <album>.html");
        let mut album = Box::new(Album::begin(&place, Some("trip & \"more\"")).unwrap());
        let description = example::description();
        let own = OwnWords {
            text: "Rex & <me>".to_owned(),
            language: None,
            field: Field::AltText,
            sidecar: None,
            machine: None,
            extended: None,
        };
        for number in 0..count {
            let photo = folder.join(format!("photos/day {}/#{number} ü&<b>.jpg", number * 3 / count));
            let told = match number {
                1 => Told::Failed("This file is <empty>."),
                2 => Told::NoPicture,
                _ => Told::Description(&description),
            };
            let entry = Entry {
                photo: &photo,
                id: None,
                own_words: (number == 3).then_some(&own),
                told,
                tongue: "en",
            };
            album.put(&entry).unwrap();
        }
        album
            .finish()
            .unwrap()
            .into_iter()
            .map(|ready| ready.put().unwrap())
            .collect()
    }

    /// What stands between the quotation marks of an attribute, wherever it is.
    fn attributes(page: &str, name: &str) -> Vec<String> {
        let begin = format!(" {name}=\"");
        let parts = page.split(&begin).skip(1);
        parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
    }

    #[test]
    fn every_photo_has_its_sentence_as_its_text_and_is_reached_by_keys_headings_and_landmarks() {
        let folder = tempfile::tempdir().unwrap();
        let pages = written(folder.path(), 9);
        assert_eq!(pages.len(), 1);
        let page = fs::read_to_string(&pages[0]).unwrap();
        assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"));
        for once in [
            "<h1>",
            "<main ",
            "<header>",
            "<title>",
            "href=\"#photos\"",
            "id=\"photos\"",
            "name=\"viewport\"",
        ] {
            assert_eq!(page.matches(once).count(), 1, "{once}");
        }
        assert_eq!(
            (page.matches("<h2 ").count(), page.matches("<section ").count()),
            (3, 3)
        );
        assert_eq!((page.matches("<li>").count(), page.matches("<img ").count()), (9, 8));
        // Each picture is a link, which the Tab key finds and whose name is the text.
        assert_eq!(page.matches("<a href=").count(), 8);
        assert!(attributes(&page, "alt").iter().all(|alt| !alt.trim().is_empty()));
        assert!(
            page.contains("alt=\"a cat.\" lang=\"en\""),
            "the sentence is in the model's language"
        );
        // A person's words come first, and the machine's are named as such.
        assert!(page.contains("alt=\"Written in the photo: Rex &amp; &lt;me&gt;\""));
        assert!(page.contains("<p>The machine's sentence: a cat.</p>"), "{page}");
        // Nothing runs and nothing is fetched from elsewhere.
        for never in [
            "<script",
            "http:",
            "https:",
            "url(",
            "@import",
            "<link",
            "<b>",
            "tabindex=\"0\"",
            " on",
        ] {
            let found = page.find(never).map(|at| &page[at..(at + 40).min(page.len())]);
            assert!(found.is_none_or(|found| found.starts_with(" on ")), "{found:?}");
        }
        assert!(page.contains("This file is &lt;empty&gt;."));
        assert!(page.contains("<h1>Photos of trip &amp; &quot;more&quot;</h1>"));
    }

    #[test]
    fn links_are_relative_and_lead_to_the_files_of_any_name() {
        let folder = tempfile::tempdir().unwrap();
        let pages = written(folder.path(), 250);
        for page in &pages {
            let text = fs::read_to_string(page).unwrap();
            for link in attributes(&text, "src") {
                let path = percent_encoding::percent_decode_str(&link)
                    .decode_utf8()
                    .unwrap()
                    .into_owned();
                let path = pathdiff::diff_paths(page.parent().unwrap().join(path), folder.path()).unwrap();
                let path = path.to_str().unwrap();
                assert!(!link.contains(['#', ' ', '<', '&']), "{link}");
                assert!(path.contains("photos/day ") && path.ends_with(" ü&<b>.jpg"), "{path}");
            }
        }
    }

    #[test]
    fn many_photos_make_pages_that_lead_to_one_another_and_old_ones_go() {
        let folder = tempfile::tempdir().unwrap();
        let pages = written(folder.path(), 250);
        let at = |name: &str| folder.path().join(name);
        let (first, second, third) = ("my <album>.html", "my <album>-pages/2.html", "my <album>-pages/3.html");
        // The first page is put in its place last.
        assert_eq!(pages, [at(third), at(second), at(first)]);
        let text = |name: &str| fs::read_to_string(at(name)).unwrap();
        let leads = |name: &str, rel: &str| {
            let text = text(name);
            let links: Vec<&str> = text.split("<a href=\"").filter(|part| part.contains(rel)).collect();
            let link = links.first()?.split('"').next()?.to_owned();
            let link = percent_encoding::percent_decode_str(&link)
                .decode_utf8()
                .ok()?
                .into_owned();
            let page = at(name).parent()?.join(link);
            Some(page.canonicalize().unwrap())
        };
        let real = |name: &str| Some(at(name).canonicalize().unwrap());
        let (on, back) = ("rel=\"next\"", "rel=\"prev\"");
        assert_eq!(
            (leads(first, on), leads(second, on), leads(third, on)),
            (real(second), real(third), None)
        );
        assert_eq!(
            (leads(first, back), leads(second, back), leads(third, back)),
            (None, real(first), real(second))
        );
        assert!(text(second).contains("<h1>Photos of trip &amp; &quot;more&quot;, page 2</h1>"));
        assert_eq!(
            text(first).matches("<li>").count() + text(second).matches("<li>").count(),
            200
        );
        assert_eq!(Album::pages_there(&at(first)).unwrap().len(), 2);
        fs::write(at("my <album>-pages/.7.html.part"), "half").unwrap();
        Album::sweep(&at(first));
        assert_eq!(fs::read_dir(at("my <album>-pages")).unwrap().count(), 2);
    }

    /// The contrast of two colours, from 1 to 21 (WCAG 2.2).
    fn contrast(one: &str, other: &str) -> f64 {
        let luminance = |colour: &str| {
            let part = |at: usize| f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            let linear = |part: f64| match part {
                part if part <= 0.040_45 => part / 12.92,
                part => ((part + 0.055) / 1.055).powf(2.4),
            };
            0.2126 * linear(part(1)) + 0.7152 * linear(part(3)) + 0.0722 * linear(part(5))
        };
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_colour_of_text_stands_out_from_its_ground() {
        let (light, dark) = STYLE.split_once("@media (prefers-color-scheme: dark)").unwrap();
        let colours = |part: &str, property: &str| -> Vec<String> {
            part.split(property)
                .skip(1)
                .map(|rest| rest.split(';').next().unwrap().trim().to_owned())
                .collect()
        };
        for part in [light, dark] {
            let grounds: Vec<String> = colours(part, " background:");
            let inks: Vec<String> = [" color:", "outline-color:", "border-color:"]
                .into_iter()
                .flat_map(|property| colours(part, property))
                .collect();
            assert!(grounds.len() == 2 && inks.len() >= 5, "{grounds:?} {inks:?}");
            for ink in &inks {
                for ground in &grounds {
                    let found = contrast(ink, ground);
                    assert!(found >= 7.0, "{ink} on {ground}: {found:.1}");
                }
            }
        }
    }
}
