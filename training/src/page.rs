//! Scores as a page to look at: each photo with its sentence, people's sentences and where the model looked, the worst
//! first. One HTML file without a network; the photos stay where they are.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use hearsight::captioner::{Attention, Description, Word};

use crate::data::captions::CaptionedPhoto;
use crate::disk::write_text;
use crate::score::Scored;

const STYLE: &str = "
body { font: 18px/1.5 system-ui, sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em; }
article { display: grid; grid-template-columns: minmax(12em, 22em) 1fr; gap: 1.5em; margin: 2em 0; }
figure { margin: 0; position: relative; align-self: start; }
img, svg { display: block; width: 100%; }
svg { position: absolute; inset: 0; height: 100%; }
button { font: inherit; border: 0; background: none; padding: .1em .15em; border-bottom: 3px solid transparent; }
button:hover, button:focus { border-color: currentColor; outline: none; }
.sentence { font-size: 1.4em; }
td, th { padding: .1em .8em .1em 0; text-align: left; }
@media (max-width: 45em) { article { grid-template-columns: 1fr; } }
";

/// Lights the map of a word while the pointer or the focus is on it.
const SCRIPT: &str = "
for (const word of document.querySelectorAll('button[data-map]')) {
  const cells = word.closest('article').querySelectorAll('rect');
  const light = () => {
    const map = word.dataset.map.split(' ');
    const most = Math.max(...map);
    cells.forEach((cell, at) => cell.setAttribute('fill-opacity', 0.8 * (1 - map[at] / most)));
  };
  const clear = () => cells.forEach(cell => cell.setAttribute('fill-opacity', 0));
  word.addEventListener('focus', light); word.addEventListener('mouseenter', light);
  word.addEventListener('blur', clear); word.addEventListener('mouseleave', clear);
}
";

/// Writes the page, beside and renamed; `title` names the model and what it was scored on.
///
/// # Errors
/// The disk's.
pub fn write(path: &Path, title: &str, photos: &[CaptionedPhoto], scored: &Scored) -> Result<()> {
    let Scored {
        scores, descriptions, ..
    } = scored;
    let mut order: Vec<usize> = (0..photos.len().min(descriptions.len()).min(scores.photos.len())).collect();
    let worth = |at: usize| scores.photos[at].score.cider_d;
    order.sort_by(|&a, &b| worth(a).total_cmp(&worth(b)));
    let title = escaped(title);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
         </head>\n<body>\n<h1>{title}</h1>\n<pre>{}</pre>\n<p>The worst photos come first. Point at a word, or go \
         there with Tab, to see where the model looked.</p>\n",
        escaped(&scored.to_string())
    );
    for at in order {
        let photo = std::path::absolute(&photos[at].path)
            .with_context(|| format!("cannot find {}", photos[at].path.display()))?;
        article(&mut page, &photo, &photos[at], &descriptions[at], worth(at))?;
    }
    write!(page, "<script>{SCRIPT}</script>\n</body>\n</html>\n")?;
    write_text(path, &page)
}

fn article(page: &mut String, path: &Path, photo: &CaptionedPhoto, found: &Description, worth: f64) -> Result<()> {
    let source = address(path);
    let grid = found.words.iter().find_map(|word| word.attention.as_ref());
    writeln!(
        page,
        "<article>\n<figure><img src=\"{source}\" alt=\"{}\" loading=\"lazy\">{}</figure>\n<div>\n\
         <h2>{}: CIDEr-D {worth:.2}, confidence {:.2}</h2>\n<p class=\"sentence\">{}</p>\n<ul>",
        escaped(&found.caption),
        grid.map(cells).unwrap_or_default(),
        escaped(&photo.name),
        found.confidence,
        found.words.iter().map(word).collect::<String>(),
    )?;
    for caption in &photo.captions {
        writeln!(page, "<li>{}</li>", escaped(caption))?;
    }
    writeln!(page, "</ul>\n</div>\n</article>")?;
    Ok(())
}

/// A path as an address in the page: but for letters, digits and what has no meaning there, its bytes as `%` and two
/// digits.
fn address(path: &Path) -> String {
    let mut address = String::new();
    for &byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                address.push(char::from(byte))
            }
            _ => {
                let _ = write!(address, "%{byte:02X}");
            }
        }
    }
    address
}

/// A dark veil in squares, clear at first.
fn cells(attention: &Attention) -> String {
    let (rows, columns) = (attention.rows, attention.columns);
    let squares = (0..rows * columns).map(|at| {
        let (x, y) = (at % columns, at / columns);
        format!("<rect x=\"{x}\" y=\"{y}\" width=\"1\" height=\"1\" fill-opacity=\"0\"/>")
    });
    let squares: String = squares.collect();
    format!("<svg viewBox=\"0 0 {columns} {rows}\" preserveAspectRatio=\"none\" aria-hidden=\"true\">{squares}</svg>")
}

fn word(word: &Word) -> String {
    let mut title = format!("probability {:.2}", word.probability);
    if let Some(support) = word.support {
        let _ = write!(title, ", supported by the photo {support:.2}");
    }
    let map = word.attention.as_ref().map(|attention| {
        let weights: Vec<_> = attention.weights.iter().map(|weight| format!("{weight:.3}")).collect();
        format!(" data-map=\"{}\"", weights.join(" "))
    });
    format!(
        "<button type=\"button\" title=\"{title}\"{}>{}</button> ",
        map.unwrap_or_default(),
        escaped(&word.text)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::HashMap;

    use super::*;
    use crate::data::words::Bag;
    use crate::doubt::Doubt;
    use crate::scores::Scores;

    fn photo(name: &str, caption: &str) -> CaptionedPhoto {
        CaptionedPhoto {
            name: name.to_owned(),
            path: format!("images/{name}").into(),
            captions: vec![caption.to_owned()],
        }
    }

    fn found(caption: &str) -> Description {
        let word = |text: &str| Word {
            text: text.to_owned(),
            probability: 0.5,
            support: Some(0.25),
            attention: Some(Attention {
                rows: 1,
                columns: 2,
                weights: vec![0.75, 0.25],
            }),
            place: None,
        };
        Description {
            caption: caption.to_owned(),
            confidence: 0.5,
            words: caption.split(' ').map(word).collect(),
            tokens: vec![1, 2],
            score: -1.0,
            ..Description::default()
        }
    }

    #[test]
    fn a_photos_address_leads_to_its_file_whatever_it_is_called() {
        let path = Path::new("/photos of 2026/#1 50%? \"a\"&é.jpg");
        assert_eq!(
            address(path),
            "/photos%20of%202026/%231%2050%25%3F%20%22a%22%26%C3%A9.jpg"
        );
        assert_eq!(address(Path::new("/a-b_c.d~e/F9.png")), "/a-b_c.d~e/F9.png");
    }

    #[test]
    fn the_worst_photo_comes_first_with_what_people_said_and_nothing_breaks_the_page() {
        let photos = [
            photo("good.png", "a dog runs"),
            photo("<bad>.png", "a \"cat\" & a mouse"),
        ];
        let descriptions = vec![found("a dog runs"), found("a dog runs")];
        let candidates: Vec<_> = std::iter::zip(&photos, &descriptions)
            .map(|(photo, found)| (photo.name.clone(), found.caption.clone()))
            .collect();
        let references: HashMap<_, _> = photos
            .iter()
            .map(|photo| (photo.name.clone(), photo.captions.clone()))
            .collect();
        let scores = Scores::of(&candidates, &references).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.html");
        let bag = Bag { words: Vec::new() };
        let scored = Scored {
            doubt: Doubt::of(&photos, &descriptions, &[2], &bag),
            scores,
            descriptions,
            variety: None,
            most_frequent: None,
            ranks: None,
        };
        write(&path, "everyday & others", &photos, &scored).unwrap();
        let page = std::fs::read_to_string(&path).unwrap();
        let (bad, good) = (page.find("&lt;bad&gt;.png:").unwrap(), page.find("good.png:").unwrap());
        assert!(bad < good, "the worst first");
        assert!(page.contains("main noun"), "what its doubt is worth");
        assert!(page.contains("<li>a &quot;cat&quot; &amp; a mouse</li>") && !page.contains("<bad>"));
        assert!(page.contains("data-map=\"0.750 0.250\"") && page.contains("supported by the photo 0.25"));
        assert_eq!(page.matches("<rect").count(), 4);
    }
}
