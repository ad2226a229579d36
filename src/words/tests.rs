//! Files made here, with words put in and read back; what is changed is compared byte for byte.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Cursor;
use std::path::PathBuf;

use image::{ImageFormat, Rgb, RgbImage};

use super::splice::applied;
use super::*;

fn picture(format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let pixels = RgbImage::from_fn(31, 20, |x, y| Rgb([x as u8 * 8, y as u8 * 12, 90]));
    pixels.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn words(text: &str) -> NewWords {
    NewWords {
        text: text.to_owned(),
        language: "en".to_owned(),
        machine: None,
    }
}

fn machines(text: &str) -> NewWords {
    NewWords {
        machine: Some(Machine {
            sentence: text.to_owned(),
            name: "Hearsight, model tiny".to_owned(),
            reviewed: true,
        }),
        ..words(text)
    }
}

/// A folder with one photo.
struct Folder {
    folder: tempfile::TempDir,
    photo: PathBuf,
}

impl Folder {
    fn with(name: &str, bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let photo = folder.path().join(name);
        fs::write(&photo, bytes).unwrap();
        Self { folder, photo }
    }

    fn save(&self, words: &NewWords) -> Result<Saved, WordsError> {
        save(&self.photo, words, Manner::default())
    }

    fn told(&self) -> Option<OwnWords> {
        of(&self.photo).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

/// A segment of JPEG.
fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xFF, marker];
    bytes.extend((content.len() as u16 + 2).to_be_bytes());
    bytes.extend(content);
    bytes
}

fn jpeg_with(segments: &[Vec<u8>]) -> Vec<u8> {
    let plain = picture(ImageFormat::Jpeg);
    [&plain[..2], &segments.concat(), &plain[2..]].concat()
}

/// A small TIFF structure: one directory with texts.
fn tiff_with(big: bool, texts: &[(u16, &[u8])]) -> Vec<u8> {
    let two = |number: u16| {
        if big {
            number.to_be_bytes()
        } else {
            number.to_le_bytes()
        }
    };
    let four = |number: u32| {
        if big {
            number.to_be_bytes()
        } else {
            number.to_le_bytes()
        }
    };
    let mut bytes = if big {
        b"MM\0\x2A".to_vec()
    } else {
        b"II\x2A\0".to_vec()
    };
    bytes.extend(four(8));
    bytes.extend(two(texts.len() as u16));
    let mut at = 8 + 2 + 12 * texts.len() + 4;
    for (tag, text) in texts {
        bytes.extend(two(*tag));
        bytes.extend(two(2));
        bytes.extend(four(text.len() as u32));
        if text.len() <= 4 {
            let mut short = text.to_vec();
            short.resize(4, 0);
            bytes.extend(short);
        } else {
            bytes.extend(four(at as u32));
            at += text.len();
        }
    }
    bytes.extend(four(0));
    bytes.extend(
        texts
            .iter()
            .filter(|(_, text)| text.len() > 4)
            .flat_map(|(_, text)| text.iter()),
    );
    bytes
}

fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut bytes = (content.len() as u32).to_be_bytes().to_vec();
    let body = [kind.as_slice(), content].concat();
    bytes.extend(&body);
    bytes.extend(crc32fast::hash(&body).to_be_bytes());
    bytes
}

fn png_with(chunks: &[Vec<u8>]) -> Vec<u8> {
    let plain = picture(ImageFormat::Png);
    [&plain[..33], &chunks.concat(), &plain[33..]].concat()
}

fn packet(properties: &str) -> String {
    format!(
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='{}'><rdf:Description rdf:about='' \
         xmlns:Iptc4xmpCore='{}' xmlns:dc='http://purl.org/dc/elements/1.1/'>{properties}</rdf:Description></rdf:RDF>\
         </x:xmpmeta>",
        xmp::RDF,
        xmp::IPTC_CORE
    )
}

fn alternatives(property: &str, texts: &[(&str, &str)]) -> String {
    let items: String = texts
        .iter()
        .map(|(language, text)| format!("<rdf:li xml:lang='{language}'>{text}</rdf:li>"))
        .collect();
    format!("<{property}><rdf:Alt>{items}</rdf:Alt></{property}>")
}

fn xmp_segment(packet: &str) -> Vec<u8> {
    segment(0xE1, &[b"http://ns.adobe.com/xap/1.0/\0", packet.as_bytes()].concat())
}

const ALT: &str = "Iptc4xmpCore:AltTextAccessibility";

#[test]
fn words_are_saved_in_each_format_and_told_again_and_the_pixels_stay() {
    for (name, format) in [
        ("dog.jpg", ImageFormat::Jpeg),
        ("dog.png", ImageFormat::Png),
        ("dog.webp", ImageFormat::WebP),
    ] {
        let before = picture(format);
        let folder = Folder::with(name, &before);
        assert_eq!(folder.told(), None);
        for text in ["a dog & a <ball>", "a dog on a long beach below a cloudy sky", "강아지"] {
            let saved = save(
                &folder.photo,
                &words(text),
                Manner {
                    replace: true,
                    ..Manner::default()
                },
            )
            .unwrap();
            assert_eq!((&saved.path, saved.backup), (&folder.photo, None));
            let told = folder.told().unwrap();
            assert_eq!(
                (told.text.as_str(), told.field, &told.machine),
                (text, Field::AltText, &None),
                "{name}"
            );
            assert_eq!(told, saved.words);
            let after = fs::read(&folder.photo).unwrap();
            let pixels = |bytes: &[u8]| image::load_from_memory_with_format(bytes, format).unwrap().into_rgb8();
            assert_eq!(pixels(&before), pixels(&after), "{name}");
        }
        assert_eq!(folder.names(), [name]);
    }
}

#[test]
fn every_byte_but_the_packet_stays_also_what_nobody_knows_and_what_follows_the_picture() {
    let trailer = b"MotionPhoto_Data and more".as_slice();
    let jpeg = [
        &jpeg_with(&[segment(0xE5, b"unknown"), segment(0xFE, b"a remark")]),
        trailer,
    ]
    .concat();
    let png = [
        &png_with(&[chunk(b"prVt", b"mine"), chunk(b"gAMA", &[0, 0, 0xB1, 0x8F])]),
        trailer,
    ]
    .concat();
    let webp = [picture(ImageFormat::WebP), trailer.to_vec()].concat();
    let tiff = [&tiff_with(true, &[(305, b"a program\0")]), trailer].concat();
    for (name, before) in [("a.jpg", jpeg), ("a.png", png), ("a.webp", webp), ("a.tif", tiff)] {
        let folder = Folder::with(name, &before);
        folder.save(&words("a dog")).unwrap();
        let after = fs::read(&folder.photo).unwrap();
        // Without the pieces that were put in, and with those they replaced, it is the file from before.
        let splices = Format::of(&before)
            .unwrap()
            .put(&before, &edit::new_packet(&words("a dog"), true))
            .unwrap();
        assert_eq!(applied(&before, &splices).unwrap(), after);
        let (mut back, mut at, mut moved) = (Vec::<u8>::new(), 0, 0_usize);
        for splice in &splices {
            let start = splice.old.start + moved;
            back.extend(&after[at..start]);
            back.extend(&before[splice.old.clone()]);
            at = start + splice.new.len();
            moved = moved + splice.new.len() - splice.old.len();
            // A number or a flag, or the packet.
            assert!(splice.old.len() <= 12 && (splice.old.is_empty() || splice.new.len() == splice.old.len()));
        }
        back.extend(&after[at..]);
        assert_eq!(back, before, "{name}");
        assert!(after.windows(trailer.len()).any(|bytes| bytes == trailer), "{name}");
    }
}

#[test]
fn a_second_change_keeps_the_length_of_the_file() {
    for (name, bytes) in [
        ("a.jpg", picture(ImageFormat::Jpeg)),
        ("a.png", picture(ImageFormat::Png)),
        ("a.webp", picture(ImageFormat::WebP)),
        ("a.tif", tiff_with(false, &[(305, b"a program\0")])),
    ] {
        let folder = Folder::with(name, &bytes);
        folder.save(&machines("a dog")).unwrap();
        let first = fs::read(&folder.photo).unwrap();
        folder.save(&machines("a brown dog runs on the beach")).unwrap();
        let second = fs::read(&folder.photo).unwrap();
        assert_eq!(first.len(), second.len(), "{name}");
        assert_eq!(folder.told().unwrap().text, "a brown dog runs on the beach");
    }
}

#[test]
fn a_persons_text_is_not_replaced_unasked_neither_in_the_photo_nor_beside_it() {
    let bytes = jpeg_with(&[xmp_segment(&packet(&alternatives(ALT, &[("x-default", "Our Rex")])))]);
    let folder = Folder::with("a.jpg", &bytes);
    for beside in [false, true] {
        let manner = Manner {
            beside,
            ..Manner::default()
        };
        match save(&folder.photo, &machines("a dog"), manner) {
            Err(WordsError::There(there)) => assert_eq!(there.text, "Our Rex"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(fs::read(&folder.photo).unwrap(), bytes);
    assert_eq!(folder.names(), ["a.jpg"]);
    let saved = save(
        &folder.photo,
        &machines("a dog"),
        Manner {
            replace: true,
            backup: true,
            beside: false,
        },
    )
    .unwrap();
    let backup = saved.backup.unwrap();
    assert!(backup.ends_with("a.jpg.original"));
    assert_eq!(fs::read(&backup).unwrap(), bytes);
    // A second time the first copy stays.
    save(
        &folder.photo,
        &machines("a cat"),
        Manner {
            backup: true,
            ..Manner::default()
        },
    )
    .unwrap();
    assert_eq!(fs::read(&backup).unwrap(), bytes);
    // A sidecar that somebody has written counts as well.
    fs::write(
        folder.folder.path().join("a.xmp"),
        packet(&alternatives(ALT, &[("x-default", "Rex, 2019")])),
    )
    .unwrap();
    assert!(matches!(folder.save(&words("a dog")), Err(WordsError::There(_))));
    assert_eq!(folder.told().unwrap().text, "Rex, 2019");
}

#[test]
fn what_a_machine_has_written_is_told_so_until_a_person_changes_it() {
    let folder = Folder::with("a.png", &picture(ImageFormat::Png));
    folder.save(&machines("a dog")).unwrap();
    assert_eq!(folder.told().unwrap().machine.as_deref(), Some("Hearsight, model tiny"));
    // Another sentence of the machine's needs no question.
    folder.save(&machines("a cat")).unwrap();
    // A person has edited it before it was saved.
    let edited = NewWords {
        text: "our cat Tom".to_owned(),
        ..machines("a cat")
    };
    folder.save(&edited).unwrap();
    assert_eq!(folder.told().unwrap().machine, None);
    assert!(matches!(folder.save(&machines("a dog")), Err(WordsError::There(_))));
}

#[test]
fn a_persons_words_come_before_a_machines_and_the_alternative_text_before_the_rest() {
    let description = alternatives("dc:description", &[("x-default", "Rex in Ulm")]);
    let extended = alternatives(
        "Iptc4xmpCore:ExtDescrAccessibility",
        &[("x-default", "A dog, and the minster")],
    );
    let folder = Folder::with("a.jpg", &jpeg_with(&[xmp_segment(&packet(&description))]));
    folder.save(&machines("a dog")).unwrap();
    let told = folder.told().unwrap();
    assert_eq!((told.text.as_str(), told.field), ("Rex in Ulm", Field::Description));
    let alt = alternatives(ALT, &[("x-default", "Rex")]);
    let all = [description, extended, alt].concat();
    let told = within(&jpeg_with(&[xmp_segment(&packet(&all))])).unwrap();
    assert_eq!(
        (told.text.as_str(), told.extended.as_deref()),
        ("Rex", Some("A dog, and the minster"))
    );
}

#[test]
fn a_machines_text_in_our_language_does_not_hide_a_persons_in_another() {
    let german = NewWords {
        language: "de".to_owned(),
        ..words("Rex am Strand")
    };
    let folder = Folder::with("a.jpg", &picture(ImageFormat::Jpeg));
    folder.save(&german).unwrap();
    // It joins the other, in whose place it does not come.
    folder.save(&machines("a dog")).unwrap();
    let told = folder.told().unwrap();
    assert_eq!(
        (told.text.as_str(), told.language.as_deref()),
        ("Rex am Strand", Some("de"))
    );
    folder.save(&words("Rex on the beach")).unwrap();
    assert_eq!(folder.told().unwrap().text, "Rex on the beach");
}

#[test]
fn of_several_languages_the_interfaces_is_told_else_the_default() {
    let texts = [
        ("x-default", "ein Hund"),
        ("de", "ein Hund"),
        ("en-GB", "a dog"),
        ("ko", "강아지"),
    ];
    let told = |texts: &[(&str, &str)]| {
        let told = within(&jpeg_with(&[xmp_segment(&packet(&alternatives(ALT, texts)))])).unwrap();
        (told.text, told.language)
    };
    let expected = |text: &str, language: &str| (text.to_owned(), Some(language.to_owned()));
    assert_eq!(told(&texts), expected("a dog", "en-GB"));
    assert_eq!(told(&texts[..2]), expected("ein Hund", "de"));
    assert_eq!(told(&texts[3..]), expected("강아지", "ko"));
}

#[test]
fn words_in_exif_captions_and_texts_are_told_and_cameras_junk_is_not() {
    let exif = |texts: &[(u16, &[u8])]| segment(0xE1, &[b"Exif\0\0".as_slice(), &tiff_with(true, texts)].concat());
    let told = |bytes: &[u8]| within(bytes).map(|words| (words.text, words.field));
    let described = jpeg_with(&[exif(&[(270, b"Oma am Strand\0")])]);
    assert_eq!(
        told(&described),
        Some(("Oma am Strand".to_owned(), Field::ExifDescription))
    );
    assert_eq!(told(&jpeg_with(&[exif(&[(270, b"OLYMPUS DIGITAL CAMERA  \0")])])), None);
    let comment: Vec<u8> = "Grandma, 1987\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let commented = jpeg_with(&[exif(&[(270, b"SONY DSC\0"), (0x9C9C, &comment)])]);
    assert_eq!(told(&commented), Some(("Grandma, 1987".to_owned(), Field::ExifComment)));

    let caption = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0D\x1C\x02\x78\0\x08Our dog.\0";
    assert_eq!(
        told(&jpeg_with(&[segment(0xED, caption)])),
        Some(("Our dog.".to_owned(), Field::Caption))
    );

    let texts = [
        chunk(b"tEXt", b"Comment\0Created with GIMP"),
        chunk(b"iTXt", "Description\0\0\0\0\0우리 강아지".as_bytes()),
    ];
    assert_eq!(
        told(&png_with(&texts)),
        Some(("우리 강아지".to_owned(), Field::PngText))
    );
    assert_eq!(told(&png_with(&texts[..1])), None);
    let tiff = tiff_with(false, &[(270, b"Rex on a hill\0")]);
    assert_eq!(told(&tiff), Some(("Rex on a hill".to_owned(), Field::ExifDescription)));
}

#[test]
fn a_compressed_text_is_read_and_one_that_grows_without_bound_is_not() {
    use std::io::Write;

    let deflated = |bytes: &[u8]| {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let ztxt = |bytes: &[u8]| {
        png_with(&[chunk(
            b"zTXt",
            &[b"Description\0\0".as_slice(), &deflated(bytes)].concat(),
        )])
    };
    assert_eq!(within(&ztxt(b"Rex on a hill")).unwrap().text, "Rex on a hill");
    assert_eq!(within(&ztxt(&vec![b'a'; 5 << 20])), None);
    let alt = packet(&alternatives(ALT, &[("x-default", "Rex")]));
    let packed = [b"XML:com.adobe.xmp\0\x01\0\0\0".as_slice(), &deflated(alt.as_bytes())].concat();
    assert_eq!(within(&png_with(&[chunk(b"iTXt", &packed)])).unwrap().text, "Rex");
}

#[test]
fn what_an_extension_of_the_packet_says_is_told_where_all_of_it_is_there() {
    let name = "0123456789ABCDEF0123456789ABCDEF";
    let main = packet("").replace(
        "rdf:about=''",
        &format!("rdf:about='' xmlns:xmpNote='http://ns.adobe.com/xmp/note/' xmpNote:HasExtendedXMP='{name}'"),
    );
    let more = packet(&alternatives(
        "Iptc4xmpCore:ExtDescrAccessibility",
        &[("x-default", "Rex and Tom")],
    ));
    let part = |range: std::ops::Range<usize>| {
        let mut content = b"http://ns.adobe.com/xmp/extension/\0".to_vec();
        content.extend(name.as_bytes());
        content.extend((more.len() as u32).to_be_bytes());
        content.extend((range.start as u32).to_be_bytes());
        content.extend(&more.as_bytes()[range]);
        segment(0xE1, &content)
    };
    let parts = [part(100..more.len()), xmp_segment(&main), part(0..100)];
    assert_eq!(within(&jpeg_with(&parts)).unwrap().text, "Rex and Tom");
    assert_eq!(within(&jpeg_with(&parts[..2])), None);
    let folder = Folder::with("a.jpg", &jpeg_with(&parts));
    folder.save(&words("Rex")).unwrap();
    let told = folder.told().unwrap();
    assert_eq!(
        (told.text.as_str(), told.extended.as_deref()),
        ("Rex", Some("Rex and Tom"))
    );
}

#[test]
fn the_index_of_several_pictures_points_to_them_after_the_change() {
    // Two pictures, one after the other, with the index in the first.
    let index = |first: u32, second: u32| {
        let mut bytes = b"MPF\0MM\0\x2A\0\0\0\x08\0\x01\xB0\x02\0\x07\0\0\0\x20\0\0\0\x1A\0\0\0\0".to_vec();
        for (length, offset) in [(first, 0), (9, second)] {
            bytes.extend([0; 4]);
            bytes.extend(length.to_be_bytes());
            bytes.extend(offset.to_be_bytes());
            bytes.extend([0; 4]);
        }
        segment(0xE2, &bytes)
    };
    let make = |around: &dyn Fn(Vec<u8>) -> Vec<Vec<u8>>| {
        let length = jpeg_with(&around(index(0, 0))).len();
        let start = around(index(0, 0))
            .iter()
            .take_while(|part| part[1] != 0xE2)
            .map(Vec::len)
            .sum::<usize>();
        // Offsets count from the byte order mark within the segment.
        let offset = length - (2 + start + 8);
        let bytes = jpeg_with(&around(index(length as u32, offset as u32)));
        [bytes, b"\xFF\xD8second".to_vec()].concat()
    };
    let check = |bytes: &[u8], what: &str| {
        let at = bytes.windows(4).position(|four| four == b"MPF\0").unwrap() + 4;
        let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        assert!(
            bytes[number(at + 26 + 4)..].starts_with(b"\xFF\xD8second"),
            "{what}: the length of the first"
        );
        assert!(
            bytes[at + number(at + 26 + 16 + 8)..].starts_with(b"\xFF\xD8second"),
            "{what}: the second"
        );
    };
    let old = packet(&alternatives("dc:description", &[("x-default", "Rex")]));
    let cases: [(&str, Vec<u8>); 3] = [
        ("no packet", make(&|index| vec![index])),
        ("a packet before", make(&|index| vec![xmp_segment(&old), index])),
        ("a packet behind", make(&|index| vec![index, xmp_segment(&old)])),
    ];
    for (what, bytes) in cases {
        check(&bytes, what);
        let folder = Folder::with("a.jpg", &bytes);
        folder.save(&words("a dog")).unwrap();
        check(&fs::read(&folder.photo).unwrap(), what);
    }
}

#[test]
fn what_cannot_be_changed_safely_stays_as_it_is_and_is_offered_a_sidecar() {
    let crowded = packet("").replace("rdf:about=''", &format!("rdf:about='{}'", "x".repeat(65_000)));
    let dng = tiff_with(false, &[(50_706, &[1, 4, 0, 0])]);
    let cases: [(&str, Vec<u8>); 8] = [
        ("a.gif", picture(ImageFormat::Gif)),
        ("a.nef", tiff_with(true, &[(305, b"a camera\0")])),
        ("a.tif", dng),
        (
            "b.jpg",
            jpeg_with(&[xmp_segment("<x:xmpmeta xmlns:x='adobe:ns:meta/'><no end")]),
        ),
        (
            "c.jpg",
            jpeg_with(&[xmp_segment(&packet("")), xmp_segment(&packet(""))]),
        ),
        ("d.jpg", jpeg_with(&[xmp_segment(&crowded)])),
        ("e.png", picture(ImageFormat::Png)[..60].to_vec()),
        ("f.webp", picture(ImageFormat::WebP)[..40].to_vec()),
    ];
    for (name, bytes) in cases {
        let folder = Folder::with(name, &bytes);
        let error = folder.save(&words("a dog")).unwrap_err();
        assert!(error.offers_sidecar(), "{name}: {error}");
        assert_eq!(fs::read(&folder.photo).unwrap(), bytes);
        assert_eq!(folder.names(), [name]);
        let saved = save(
            &folder.photo,
            &machines("a dog"),
            Manner {
                beside: true,
                ..Manner::default()
            },
        )
        .unwrap();
        assert_eq!(saved.path, folder.folder.path().join(format!("{name}.xmp")));
        let told = folder.told().unwrap();
        assert_eq!((told.text.as_str(), told.machine.is_some()), ("a dog", true), "{name}");
        assert_eq!(told.sidecar.as_deref(), Some(saved.path.as_path()));
        assert_eq!(fs::read(&folder.photo).unwrap(), bytes);
    }
}

#[test]
fn a_sidecar_of_another_program_keeps_everything_else() {
    let folder = Folder::with("a.gif", &picture(ImageFormat::Gif));
    let sidecar = folder.folder.path().join("a.xmp");
    let other = packet(&alternatives(
        "dc:description",
        &[("x-default", "SONY DSC"), ("de", "Rex")],
    ));
    fs::write(&sidecar, format!("\u{feff}{other}")).unwrap();
    let saved = save(
        &folder.photo,
        &words("a dog"),
        Manner {
            beside: true,
            ..Manner::default()
        },
    )
    .unwrap();
    assert_eq!(saved.path, sidecar);
    let changed = fs::read_to_string(&sidecar).unwrap();
    let before = other.split("</rdf:RDF>").next().unwrap();
    assert!(changed.starts_with(&format!("\u{feff}{before}")), "{changed}");
    // A text in a sidecar is told first, so that it is changed there also where the photo could be.
    let folder = Folder::with("b.jpg", &picture(ImageFormat::Jpeg));
    save(
        &folder.photo,
        &words("a dog"),
        Manner {
            beside: true,
            ..Manner::default()
        },
    )
    .unwrap();
    let again = save(
        &folder.photo,
        &words("a cat"),
        Manner {
            replace: true,
            ..Manner::default()
        },
    )
    .unwrap();
    assert!(again.path.ends_with("b.jpg.xmp"));
    assert_eq!(folder.told().unwrap().text, "a cat");
    fs::write(&again.path, "no packet").unwrap();
    let beside = Manner {
        beside: true,
        ..Manner::default()
    };
    assert!(matches!(
        save(&folder.photo, &words("a"), beside),
        Err(WordsError::SidecarDamaged(_))
    ));
}

#[test]
fn words_that_are_none_or_too_many_are_refused() {
    let folder = Folder::with("a.jpg", &picture(ImageFormat::Jpeg));
    assert!(matches!(folder.save(&words(" \n ")), Err(WordsError::Empty)));
    assert!(matches!(
        folder.save(&words(&"가".repeat(251))),
        Err(WordsError::TooLong(251))
    ));
    folder.save(&words(&"가".repeat(250))).unwrap();
}

#[test]
fn a_document_type_and_depth_without_end_are_no_words() {
    let bomb = "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>".to_owned() + &packet("&b;");
    assert!(xmp::read(&bomb).is_err());
    let deep = "<a xmlns:b='c'>".repeat(200_000);
    let begun = std::time::Instant::now();
    assert!(xmp::read(&deep).is_err());
    let wide = format!(
        "<a {}/>",
        (0..200_000).map(|at| format!("a{at}='' ")).collect::<String>()
    );
    assert!(xmp::read(&wide).is_ok());
    let names = format!(
        "<a {}/>",
        (0..200_000).map(|at| format!("xmlns:a{at}='b' ")).collect::<String>()
    );
    assert!(xmp::read(&names).is_err());
    assert!(
        begun.elapsed() < std::time::Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
}

#[cfg(unix)]
#[test]
fn permissions_times_attributes_and_a_link_to_the_photo_stay() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    let folder = Folder::with("a.jpg", &picture(ImageFormat::Jpeg));
    let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_millis(1_000_000_123_456);
    let file = fs::File::options().write(true).open(&folder.photo).unwrap();
    file.set_times(fs::FileTimes::new().set_modified(long_ago).set_accessed(long_ago))
        .unwrap();
    fs::set_permissions(&folder.photo, fs::Permissions::from_mode(0o640)).unwrap();
    // Not every file system has them.
    let tagged = xattr::set(&folder.photo, "user.xdg.tags", b"holiday").is_ok();
    let link = folder.folder.path().join("link.jpg");
    std::os::unix::fs::symlink(&folder.photo, &link).unwrap();
    let before = fs::metadata(&folder.photo).unwrap();
    save(&link, &words("a dog"), Manner::default()).unwrap();
    let after = fs::metadata(&folder.photo).unwrap();
    assert_eq!(after.permissions().mode() & 0o7777, 0o640);
    assert_eq!(after.modified().unwrap(), before.modified().unwrap());
    assert_eq!((after.uid(), after.gid()), (before.uid(), before.gid()));
    if tagged {
        assert_eq!(
            xattr::get(&folder.photo, "user.xdg.tags").unwrap().as_deref(),
            Some(b"holiday".as_slice())
        );
    }
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    fs::set_permissions(&folder.photo, fs::Permissions::from_mode(0o440)).unwrap();
    assert!(matches!(folder.save(&machines("a cat")), Err(WordsError::There(_))));
    let manner = Manner {
        replace: true,
        ..Manner::default()
    };
    assert!(matches!(
        save(&folder.photo, &words("a cat"), manner),
        Err(WordsError::Protected)
    ));
}

#[test]
fn a_photo_that_another_program_changes_meanwhile_is_left_to_it() {
    let folder = Folder::with("a.jpg", &picture(ImageFormat::Jpeg));
    let opened = Opened::read(&folder.photo).unwrap();
    fs::write(&folder.photo, b"another content").unwrap();
    assert!(matches!(opened.replace(b"ours", true), Err(WordsError::Changed)));
    assert_eq!(fs::read(&folder.photo).unwrap(), b"another content");
    assert_eq!(folder.names(), ["a.jpg"]);
}
