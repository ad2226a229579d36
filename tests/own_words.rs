//! Words in photos from the command line, with other programs as witnesses: exiftool reads what was saved, ImageMagick
//! compares pixels, and strace kills the program at each of its writes.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

#[path = "support/models.rs"]
mod models;

use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use models::Kind;
use serde_json::{Value, json};
use tempfile::TempDir;

const SIGKILL: i32 = 9;
const SIGXFSZ: i32 = 25;

/// A folder with photos made from a sample, as other programs write them.
struct Photos(TempDir);

impl Photos {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Has ImageMagick make one.
    fn make(&self, name: &str, options: &[&str]) -> PathBuf {
        let photo = self.path(name);
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples/coffee.jpg");
        well(Command::new("convert").arg(sample).args(options).arg(&photo));
        photo
    }

    /// Has exiftool note things in it.
    fn note(photo: &Path, notes: &[&str]) {
        well(
            Command::new("exiftool")
                .args(["-q", "-overwrite_original"])
                .args(notes)
                .arg(photo),
        );
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn well(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

fn hearsight() -> Command {
    // English, whatever whoever runs the tests speaks; no settings of anybody's, and no display.
    let mut command = Command::new(env!("CARGO_BIN_EXE_hearsight"));
    command
        .env("LANGUAGE", "en")
        .env("HEARSIGHT_CONFIG_DIR", "/nowhere/hearsight");
    for name in ["DISPLAY", "WAYLAND_DISPLAY", "HEARSIGHT_MODEL", "RUST_LOG"] {
        command.env_remove(name);
    }
    command
}

fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

/// All that exiftool knows of a photo but what is ours, and what it knows of the alternative text.
fn known(photo: &Path) -> (Value, Value) {
    let text = well(
        Command::new("exiftool")
            .args(["-j", "-a", "-G1", "-struct", "-u", "-ee"])
            .arg(photo),
    );
    let mut known: Vec<Value> = serde_json::from_str(&text).unwrap();
    let mut known = known.remove(0);
    let tags = known.as_object_mut().unwrap();
    let ours = |tag: &str| tag.starts_with("XMP-iptcCore:AltText") || tag.starts_with("XMP-hearsight:");
    let alt = tags
        .iter()
        .filter(|(tag, _)| ours(tag))
        .map(|(tag, value)| (tag.clone(), value.clone()))
        .collect();
    // The size of the file and of its first picture have to change, and a simple WebP becomes an extended one.
    let moved = [
        "System:",
        "ExifTool:",
        "SourceFile",
        "XMP-x:XMPToolkit",
        "File:FileType",
        "RIFF:WebP_Flags",
    ];
    tags.retain(|tag, _| !ours(tag) && !moved.iter().any(|moved| tag.starts_with(moved)));
    (known, Value::Object(alt))
}

/// A digest of the decoded pixels of each frame.
fn pixels(photo: &Path) -> String {
    // It writes a warning about any XMP in WebP, also about exiftool's.
    let output = Command::new("identify")
        .args(["-quiet", "-format", "%#\n"])
        .arg(photo)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.is_empty(), "{}", photo.display());
    text
}

/// The formats as people have them, with notes of their own.
fn every_kind(photos: &Photos) -> Vec<PathBuf> {
    let small = ["-resize", "120x"];
    let with = |name: &str, more: &[&str]| photos.make(name, &[&small, more].concat());
    let all = [
        with("plain.jpg", &["-strip"]),
        with("progressive.jpg", &["-interlace", "JPEG"]),
        with("cmyk.jpg", &["-colorspace", "CMYK"]),
        with("sixteen.png", &["-depth", "16"]),
        with("palette.png", &["-colors", "16"]),
        with("lossy.webp", &[]),
        with("lossless.webp", &["-define", "webp:lossless=true"]),
        with(
            "clear.webp",
            &["-alpha", "set", "-channel", "A", "-evaluate", "set", "50%"],
        ),
        with("lzw.tif", &["-compress", "LZW", "-endian", "MSB"]),
        with("pages.tif", &["(", "+clone", "-rotate", "90", ")"]),
    ];
    let noted = with("noted.jpg", &[]);
    let noted_tiff = with("noted.tif", &[]);
    for photo in [&noted, &noted_tiff] {
        let notes = [
            "-Make=Camera",
            "-Orientation#=6",
            "-GPSLatitude=48.4",
            "-XMP-dc:Subject=dog",
            "-XMP-dc:Creator=Somebody",
            "-XMP-xmp:Rating=4",
            "-IPTC:Keywords=dog",
            "-XMP-iptcCore:Location=Ulm",
        ];
        Photos::note(photo, &notes);
    }
    all.into_iter().chain([noted, noted_tiff]).collect()
}

#[test]
fn exiftool_reads_what_was_saved_and_everything_else_is_as_it_was() {
    let photos = Photos::new();
    for photo in every_kind(&photos) {
        let (before, none) = known(&photo);
        assert_eq!(none, json!({}), "{}", photo.display());
        let seen = pixels(&photo);
        let (code, stdout, stderr) = run(hearsight()
            .arg("alt")
            .arg(&photo)
            .args(["--write", "Coffee & <cake> 커피"]));
        assert_eq!(
            (code, stdout.trim()),
            (Some(0), "Written in the photo: Coffee & <cake> 커피"),
            "{stderr}"
        );
        let (after, alt) = known(&photo);
        assert_eq!(before, after, "{}", photo.display());
        let text = &alt["XMP-iptcCore:AltTextAccessibility"];
        assert!(text.to_string().contains("Coffee & <cake> 커피"), "{alt}");
        assert_eq!(seen, pixels(&photo), "{}", photo.display());
        let warned = well(
            Command::new("exiftool")
                .args(["-validate", "-warning", "-a"])
                .arg(&photo),
        );
        assert!(
            !warned.contains("XMP") && !warned.contains("Error"),
            "{}: {warned}",
            photo.display()
        );
    }
}

#[test]
fn a_sidecar_is_read_by_exiftool_and_the_photo_is_not_touched() {
    let photos = Photos::new();
    let photo = photos.make("a.gif", &["-resize", "60x"]);
    let before = fs::read(&photo).unwrap();
    let (code, _, stderr) = run(hearsight().arg("alt").arg(&photo).args(["--write", "Coffee"]));
    assert_eq!(code, Some(1));
    assert!(stderr.contains("With --sidecar"), "{stderr}");
    assert_eq!(photos.names(), ["a.gif"]);
    let (code, ..) = run(hearsight()
        .arg("alt")
        .arg(&photo)
        .args(["--write", "Coffee", "--sidecar"]));
    assert_eq!(code, Some(0));
    assert_eq!(fs::read(&photo).unwrap(), before);
    let (_, alt) = known(&photos.path("a.gif.xmp"));
    assert!(
        alt["XMP-iptcCore:AltTextAccessibility"].to_string().contains("Coffee"),
        "{alt}"
    );
    // Another program's sidecar keeps what it has.
    Photos::note(
        &photos.path("a.gif.xmp"),
        &["-XMP-xmp:Rating=4", "-XMP-dc:Description-de=Kaffee"],
    );
    let (before, _) = known(&photos.path("a.gif.xmp"));
    let (code, ..) = run(hearsight()
        .arg("alt")
        .arg(&photo)
        .args(["--write", "Tea", "--sidecar", "--replace"]));
    assert_eq!((code, &before), (Some(0), &known(&photos.path("a.gif.xmp")).0));
}

#[test]
fn what_exiftool_has_written_is_told() {
    let photos = Photos::new();
    let told = |name: &str, notes: &[&str]| {
        let photo = photos.make(name, &["-resize", "60x"]);
        Photos::note(&photo, notes);
        let (_, stdout, _) = run(hearsight().args(["alt", "--json"]).arg(&photo));
        let line: Value = serde_json::from_str(&stdout).unwrap();
        let words = &line["own_words"];
        (words["text"].clone(), words["field"].clone())
    };
    let expected = |text: &str, field: &str| (json!(text), json!(field));
    let alt = "-XMP-iptcCore:AltTextAccessibility=Rex";
    for name in ["a.jpg", "a.png", "a.webp", "a.tif", "a.avif", "a.heic"] {
        let notes = [alt, "-XMP-dc:Description=no", "-EXIF:ImageDescription=no"];
        assert_eq!(told(name, &notes), expected("Rex", "alt_text"), "{name}");
    }
    assert_eq!(
        told("b.jpg", &["-XMP-dc:Description=Größe"]),
        expected("Größe", "description")
    );
    assert_eq!(
        told("c.jpg", &["-IPTC:Caption-Abstract=Our dog"]),
        expected("Our dog", "caption")
    );
    assert_eq!(
        told("d.tif", &["-IPTC:Caption-Abstract=Our dog"]),
        expected("Our dog", "caption")
    );
    assert_eq!(
        told("e.jpg", &["-EXIF:ImageDescription=Our dog"]),
        expected("Our dog", "exif_description")
    );
    assert_eq!(
        told("f.webp", &["-EXIF:UserComment=우리 개"]),
        expected("우리 개", "exif_comment")
    );
    assert_eq!(
        told("g.png", &["-PNG:Description=우리 개"]),
        expected("우리 개", "png_text")
    );
    assert_eq!(
        told("h.jpg", &["-EXIF:ImageDescription=OLYMPUS DIGITAL CAMERA"]),
        (Value::Null, Value::Null)
    );
    let long = format!(
        "-XMP-iptcCore:ExtDescrAccessibility={}",
        "A dog. ".repeat(15_000).trim()
    );
    let (text, field) = told("i.jpg", &[&long]);
    assert!(text.as_str().unwrap().starts_with("A dog. A dog."));
    assert_eq!(field, "extended_description");
}

/// The system calls by which the program can change anything on the disk once its new file is there.
const CALLS: [&str; 14] = [
    "write",
    "pwrite64",
    "writev",
    "ftruncate",
    "fchmod",
    "fchown",
    "utimensat",
    "fsetxattr",
    "fsync",
    "link",
    "linkat",
    "rename",
    "renameat",
    "renameat2",
];

/// `hearsight alt PHOTO --write … --backup` under strace with these options.
fn traced(photo: &Path, sidecar: bool, options: &[&str]) -> Output {
    let mut command = Command::new("strace");
    command.args(["-f", "-o", "/dev/null"]).args(options);
    command.arg(env!("CARGO_BIN_EXE_hearsight")).env("LANGUAGE", "en");
    command
        .arg("alt")
        .arg(photo)
        .args(["--write", "new words", "--replace", "--backup"]);
    if sidecar {
        command.arg("--sidecar");
    }
    command.stdin(Stdio::null()).output().unwrap()
}

#[test]
fn whenever_the_program_is_killed_the_old_or_the_new_file_is_there() {
    for (name, options) in [
        // Large enough for several writes.
        ("a.jpg", ["-quality", "97"]),
        ("a.png", ["-resize", "200x"]),
        ("a.webp", ["-quality", "90"]),
        ("a.tif", ["-resize", "200x"]),
        ("a.gif", ["-resize", "60x"]),
    ] {
        let photos = Photos::new();
        let made = photos.make(name, &options);
        let sidecar = name.ends_with(".gif");
        // The file that changes: the photo, or the sidecar that is there.
        let changes = if sidecar {
            photos.path("a.gif.xmp")
        } else {
            made.clone()
        };
        let saved = run(hearsight()
            .arg("alt")
            .arg(&made)
            .args(["--write", "old words"])
            .args(sidecar.then_some("--sidecar")));
        assert_eq!(saved.0, Some(0), "{}", saved.2);
        let old = fs::read(&changes).unwrap();
        let backup = PathBuf::from(format!("{}.original", changes.display()));
        let output = traced(&made, sidecar, &["-e", "trace=none"]);
        assert!(output.status.success(), "{output:?}");
        let new = fs::read(&changes).unwrap();
        assert_ne!(old, new);

        let mut kills = 0;
        for call in CALLS {
            for number in 1.. {
                let _ = fs::remove_file(&backup);
                fs::remove_file(&changes).unwrap();
                fs::write(&changes, &old).unwrap();
                let inject = format!("inject={call}:signal=KILL:when={number}");
                let output = traced(&made, sidecar, &["-e", &format!("trace={call}"), "-e", &inject]);
                let now = fs::read(&changes).unwrap();
                assert!(now == old || now == new, "{name}: neither file after {call} {number}");
                if backup.exists() {
                    assert_eq!(
                        fs::read(&backup).unwrap(),
                        old,
                        "{name}: the copy after {call} {number}"
                    );
                }
                for rest in photos.names() {
                    let known = [&made, &changes, &backup].iter().any(|path| path.ends_with(&rest));
                    assert!(known || rest.starts_with(".hearsight-"), "{rest}");
                    if !known {
                        fs::remove_file(photos.path(&rest)).unwrap();
                    }
                }
                if output.status.signal() != Some(SIGKILL) {
                    assert!(output.status.success(), "{name}: {call} {number}: {output:?}");
                    assert_eq!(now, new);
                    break;
                }
                kills += 1;
                assert!(number < 200, "{call} comes without end");
            }
        }
        // Writes, times, permissions, disk, copy, name, disk.
        assert!(kills >= 7, "{name}: killed {kills} times only");
    }
}

#[test]
fn a_file_that_outgrows_what_is_allowed_leaves_the_old_one() {
    let photos = Photos::new();
    let photo = photos.make("a.jpg", &["-quality", "97"]);
    let old = fs::read(&photo).unwrap();
    for kilobytes in [0, 1, old.len() / 2048, old.len() / 1024] {
        let program = env!("CARGO_BIN_EXE_hearsight");
        let script = format!("ulimit -f {kilobytes}; exec {program} alt \"$0\" --write new");
        let status = Command::new("bash")
            .args(["-c", &script])
            .arg(&photo)
            .stdin(Stdio::null())
            .output()
            .unwrap()
            .status;
        assert_eq!(status.signal(), Some(SIGXFSZ), "{kilobytes}");
        assert_eq!(fs::read(&photo).unwrap(), old);
    }
}

#[test]
fn the_new_file_is_on_the_disk_before_it_has_the_name_and_the_name_before_the_end() {
    let photos = Photos::new();
    let photo = photos.make("a.jpg", &["-quality", "97"]);
    let log = TempDir::new().unwrap();
    let log = log.path().join("log");
    let calls = "trace=write,fsync,fdatasync,rename,renameat,renameat2,linkat";
    let mut command = Command::new("strace");
    command.args(["-f", "-y", "-e", calls, "-o"]).arg(&log);
    well(
        command
            .arg(env!("CARGO_BIN_EXE_hearsight"))
            .arg("alt")
            .arg(&photo)
            .args(["--write", "new", "--backup"]),
    );
    let log = fs::read_to_string(&log).unwrap();
    let lines: Vec<&str> = log
        .lines()
        .filter(|line| line.contains(photos.0.path().to_str().unwrap()))
        .collect();
    let at = |holds: &dyn Fn(&str) -> bool| {
        let found: Vec<usize> = (0..lines.len()).filter(|at| holds(lines[*at])).collect();
        (*found.first().unwrap(), *found.last().unwrap())
    };
    let written = at(&|line| line.contains("write(") && line.contains("/.hearsight-"));
    let synced = at(&|line| line.contains("sync(") && line.contains("/.hearsight-"));
    let copied = at(&|line| line.contains("link") && line.contains("a.jpg.original"));
    let named = at(&|line| line.contains("rename"));
    let settled = at(&|line| line.contains("sync(") && !line.contains("/.hearsight-"));
    assert!(
        written.1 < synced.0 && synced.0 < copied.0 && copied.1 < named.0 && named.1 < settled.1,
        "{log}"
    );
}

/// A small model whose sentences are all of this confidence.
fn sure(confidence: f64) -> TempDir {
    let intercept = (confidence / (1.0 - confidence)).ln();
    models::model(
        Kind::Transformer,
        json!({"calibration": {"kind": "logistic", "intercept": intercept, "slope": 0.0}}),
    )
}

fn describe(model: &TempDir) -> Command {
    let mut command = hearsight();
    command.args(["describe", "--model"]).arg(model.path());
    command
}

#[test]
fn a_description_begins_with_what_a_person_has_written() {
    let (photos, model) = (Photos::new(), sure(0.9));
    let photo = photos.make("a.jpg", &["-resize", "90x"]);
    let (_, plain, _) = run(describe(&model).arg(&photo));
    Photos::note(&photo, &["-XMP-dc:Description=Coffee at Grandma's"]);
    let (code, told, _) = run(describe(&model).arg(&photo));
    let lines: Vec<&str> = told.lines().collect();
    let machine = format!("The machine's sentence: {}", plain.trim());
    assert_eq!(
        (code, lines),
        (
            Some(0),
            vec!["Written in the photo: Coffee at Grandma's", machine.as_str()]
        )
    );
    let (_, line, _) = run(describe(&model).arg("--json").arg(&photo));
    let line: Value = serde_json::from_str(&line).unwrap();
    let words = json!({"text": "Coffee at Grandma's", "language": null, "by": "person", "machine": null,
        "field": "description", "sidecar": null, "extended": null});
    assert_eq!(
        (&line["own_words"], line["caption"].as_str()),
        (&words, Some(plain.trim()))
    );
    // Also where there is nothing to describe with, and where the picture is broken.
    let (_, line, _) = run(hearsight()
        .args(["describe", "--json", "--model", "/nowhere"])
        .arg(&photo));
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!((&line["own_words"], line["error"].is_string()), (&words, true));
    let broken = photos.path("broken.heic");
    fs::write(&broken, "no picture").unwrap();
    well(
        hearsight()
            .arg("alt")
            .arg(&broken)
            .args(["--write", "Tea", "--sidecar"]),
    );
    let (code, told, _) = run(describe(&model).arg(&broken));
    assert_eq!((code, told.trim()), (Some(1), "Written beside the photo: Tea"));
}

#[test]
fn a_sentence_is_saved_with_a_mark_and_told_as_a_machines() {
    let (photos, model) = (Photos::new(), sure(0.9));
    let photo = photos.make("a.jpg", &["-resize", "90x"]);
    let save = ["--save-alt-text", "--unreviewed"];
    let (code, plain, stderr) = run(describe(&model).args(save).arg(&photo));
    assert_eq!(
        (code, stderr.trim()),
        (Some(0), format!("Saved in {}.", photo.display()).as_str())
    );
    let (_, alt) = known(&photo);
    let sentence = plain.trim();
    assert_eq!(alt["XMP-hearsight:MachineText"].as_str(), Some(sentence));
    assert!(
        alt["XMP-hearsight:MachineName"]
            .as_str()
            .unwrap()
            .starts_with("Hearsight "),
        "{alt}"
    );
    assert_eq!(
        alt["XMP-hearsight:ReviewedByPerson"].to_string().to_lowercase(),
        "false"
    );
    // Nothing claims that the photo itself was made by a machine.
    assert!(!well(Command::new("exiftool").arg(&photo)).contains("Digital Source"));
    let (_, told, _) = run(hearsight().arg("alt").arg(&photo));
    assert_eq!(
        told.trim(),
        format!("Saved earlier, written by a machine and perhaps wrong: {sentence}")
    );
    // Again without a question, and never over a person's.
    let (code, ..) = run(describe(&model).args(save).arg(&photo));
    assert_eq!(code, Some(0));
    Photos::note(&photo, &["-XMP-iptcCore:AltTextAccessibility=Coffee"]);
    let before = fs::read(&photo).unwrap();
    let (code, _, stderr) = run(describe(&model).args(save).arg(&photo));
    assert_eq!(
        (code, stderr.contains("(“Coffee”)") && stderr.contains("With --replace")),
        (Some(1), true),
        "{stderr}"
    );
    assert_eq!(fs::read(&photo).unwrap(), before);
}

#[test]
fn a_sentence_that_may_be_wrong_is_not_saved_unseen() {
    let (photos, model) = (Photos::new(), sure(0.4));
    let photo = photos.make("a.jpg", &["-resize", "90x"]);
    let before = fs::read(&photo).unwrap();
    let (code, _, stderr) = run(describe(&model).args(["--save-alt-text", "--unreviewed"]).arg(&photo));
    assert_eq!((code, stderr.contains("may be wrong")), (Some(1), true), "{stderr}");
    assert_eq!(fs::read(&photo).unwrap(), before);
}

#[test]
fn in_a_terminal_the_sentence_is_shown_and_another_can_be_written() {
    let (photos, model) = (Photos::new(), sure(0.4));
    let answered = |answer: &str| {
        let photo = photos.make("a.jpg", &["-resize", "90x"]);
        let command = format!(
            "{} describe --model {} --save-alt-text {}",
            env!("CARGO_BIN_EXE_hearsight"),
            model.path().display(),
            photo.display()
        );
        // Gives the program a terminal of its own.
        let mut script = Command::new("script")
            .args(["-qec", &command, "/dev/null"])
            .env("LANGUAGE", "en")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        script.stdin.take().unwrap().write_all(answer.as_bytes()).unwrap();
        let output = script.wait_with_output().unwrap();
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            shown.contains("This may be wrong:") && shown.contains("Enter saves"),
            "{shown}"
        );
        known(&photo).1
    };
    let seen = answered("\n");
    assert_eq!(
        seen["XMP-hearsight:ReviewedByPerson"].to_string().to_lowercase(),
        "true"
    );
    let written = answered("Coffee, black\n");
    assert!(
        written["XMP-iptcCore:AltTextAccessibility"]
            .to_string()
            .contains("Coffee, black"),
        "{written}"
    );
    assert_eq!(written["XMP-hearsight:MachineText"], seen["XMP-hearsight:MachineText"]);
    assert_eq!(answered("-\n"), json!({}));
}

#[test]
fn wrong_usage_saves_nothing() {
    let photos = Photos::new();
    let photo = photos.make("a.jpg", &["-resize", "90x"]);
    let before = fs::read(&photo).unwrap();
    let path = photo.to_str().unwrap();
    let wrong: [&[&str]; 7] = [
        &["alt"],
        &["alt", path, "--replace"],
        &["alt", path, path, "--write", "a"],
        &["alt", path, "--language", "en"],
        &["alt", path, "--write", "a", "--language", "no language"],
        &["describe", path, "--backup"],
        &["describe", path, "--save-alt-text"],
    ];
    for arguments in wrong {
        assert_eq!(run(hearsight().args(arguments)).0, Some(2), "{arguments:?}");
    }
    for text in ["", &"a".repeat(251)] {
        let (code, _, stderr) = run(hearsight().args(["alt", path, "--write", text]));
        assert_eq!((code, stderr.is_empty()), (Some(1), false));
    }
    assert_eq!(fs::read(&photo).unwrap(), before);
    let (code, stdout, stderr) = run(hearsight().args(["alt", path, "/nowhere/b.jpg"]));
    assert_eq!(code, Some(1));
    assert!(
        stdout.contains("No words are saved") && stderr.contains("/nowhere/b.jpg: "),
        "{stdout}{stderr}"
    );
}
