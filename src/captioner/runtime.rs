//! ONNX Runtime: found, checked and started once, and the sessions it runs.

use std::env;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::error::Error;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use ort::LoadDynamicError;
use ort::environment::Environment;
use ort::ep;
use ort::error::ErrorCode;
use ort::session::Session;
use ort::session::builder::SessionBuilder;
use ort::value::TensorElementType;

use crate::model::{ModelError, list};
use crate::text;

use super::captioner::{FEW_THREADS, LoadOptions};
use super::decoder::{ATTENTION, changes};
use super::source::Source;
use super::{CaptionError, DeviceChoice, telemetry};
use crate::onnx::softmaxes::with_cross_attentions;

/// Where the Python wheel of ONNX Runtime keeps the library, below the folder it was installed to.
const WHEEL: &str = "runtime/onnxruntime/capi";

/// Where a package has it, seen from the folder above the program's: `/usr/lib/hearsight` for `/usr/bin/hearsight`.
const PACKAGED: &str = "lib/hearsight";

/// How to get it, the same on every platform.
fn install() -> String {
    text!("runtime-install")
}

/// Why ONNX Runtime cannot be used.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum RuntimeError {
    /// The library is in none of the places.
    #[error("{}", text!("runtime-not-found", install = install(), places = list(looked)))]
    NotFound {
        /// Where it was looked for, in this order.
        looked: Vec<PathBuf>,
    },
    /// The library is older than this program can use.
    #[error("{}", text!("runtime-too-old", version = version, path = path.display().to_string(), needed = format!("1.{}", ort::MINOR_VERSION), install = install()))]
    TooOld {
        /// The library.
        path: PathBuf,
        /// Its version.
        version: String,
    },
    /// The library cannot be loaded or started.
    #[error("{}", text!("runtime-broken", path = path.display().to_string(), reason = reason, install = install()))]
    Broken {
        /// The library.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
}

/// Starts ONNX Runtime where that has not been done, and tells which library it is.
///
/// It is looked for in `$ORT_DYLIB_PATH` (a library or a folder; then nowhere else), beside the program, in its `lib/`,
/// in `lib/hearsight` beside the program's folder, where a package has it, and in `runtime/onnxruntime/capi` in the program's folder and above it. Never in the current folder: that may be one
/// of photos that somebody else packed, and what is found is run.
///
/// # Errors
/// It is missing, older than 1.24 or broken. A later call tries again.
pub fn start_runtime() -> Result<PathBuf, RuntimeError> {
    started().map(|started| started.path)
}

/// ONNX Runtime, being started. Dropping it waits for the end of that: a process that ends while the library is being
/// loaded ends by a signal and not with its exit code.
#[derive(Debug)]
#[must_use]
pub struct StartAhead(Option<JoinHandle<()>>);

impl Drop for StartAhead {
    fn drop(&mut self) {
        if self.0.take().is_some_and(|thread| thread.join().is_err()) {
            log::error!("the thread that starts ONNX Runtime had panicked");
        }
    }
}

/// Starts ONNX Runtime on a thread of its own, so that it is there when the model is that is being read meanwhile. What
/// fails is told by whoever needs it.
pub fn start_runtime_ahead() -> StartAhead {
    let thread = std::thread::Builder::new().name("runtime".to_owned());
    let thread = thread
        .spawn(|| drop(started()))
        .inspect_err(|error| log::info!("ONNX Runtime is started later: {error}"));
    StartAhead(thread.ok())
}

#[derive(Clone)]
struct Started {
    path: PathBuf,
    environment: Environment,
}

fn started() -> Result<Started, RuntimeError> {
    static STARTED: Mutex<Option<Started>> = Mutex::new(None);
    let mut started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(started) = started.as_ref() {
        return Ok(started.clone());
    }
    let named = env::var_os("ORT_DYLIB_PATH")
        .filter(|path| !path.is_empty())
        .map(PathBuf::from);
    let program = env::current_exe().ok();
    let path = library(named, program.as_deref().and_then(Path::parent))?;
    Ok(started.insert(start(path)?).clone())
}

fn start(path: PathBuf) -> Result<Started, RuntimeError> {
    if !telemetry::is_forbidden() {
        log::warn!("ONNX Runtime may gather statistics: this program has not called forbid_telemetry");
    }
    // The version is read from the library and compared before anything else in it is called.
    let builder = match ort::init_from(&path) {
        Ok(builder) => builder,
        Err(LoadDynamicError::BadVersion { version_str, .. }) => {
            return Err(RuntimeError::TooOld {
                path,
                version: version_str,
            });
        }
        Err(LoadDynamicError::Dlopen { error, .. }) => {
            let reason = error.source().map_or_else(|| error.to_string(), ToString::to_string);
            return Err(RuntimeError::Broken {
                path,
                reason: short(&reason),
            });
        }
        Err(LoadDynamicError::MissingApi { .. } | LoadDynamicError::InvalidVersionString) => {
            return Err(RuntimeError::Broken {
                path,
                reason: text!("runtime-another-library"),
            });
        }
    };
    match builder.with_name("hearsight").with_telemetry(false).build() {
        Ok(environment) => {
            log::info!("ONNX Runtime from {}: {}", path.display(), ort::info());
            Ok(Started { path, environment })
        }
        Err(error) => Err(RuntimeError::Broken {
            path,
            reason: short(error.message()),
        }),
    }
}

/// Finds the library: the path that `ORT_DYLIB_PATH` names, else in places around the program's folder.
fn library(named: Option<PathBuf>, program: Option<&Path>) -> Result<PathBuf, RuntimeError> {
    if let Some(path) = named {
        let found = if path.is_dir() {
            library_in(&path)
        } else {
            Some(path.clone()).filter(|path| path.is_file())
        };
        // An absolute path, because the loader tries a relative one against the program's folder first.
        return found
            .map(|path| fs::canonicalize(&path).unwrap_or(path))
            .ok_or(RuntimeError::NotFound { looked: vec![path] });
    }
    let packaged = program.and_then(Path::parent).map(|prefix| prefix.join(PACKAGED));
    let places: Vec<PathBuf> = program
        .into_iter()
        .flat_map(|folder| [folder.into(), folder.join("lib")])
        .chain(packaged)
        .chain(program.map(|folder| folder.join(WHEEL)))
        .collect();
    let above = program
        .into_iter()
        .flat_map(|program| program.ancestors().skip(1))
        .map(|folder| folder.join(WHEEL));
    let found = places
        .iter()
        .cloned()
        .chain(above)
        .find_map(|folder| library_in(&folder));
    found.ok_or(RuntimeError::NotFound { looked: places })
}

/// The library in a folder: `libonnxruntime.so.1.31.1`, `libonnxruntime.1.31.1.dylib` or `onnxruntime.dll`.
fn library_in(folder: &Path) -> Option<PathBuf> {
    let start = format!("{DLL_PREFIX}onnxruntime.");
    let is_library = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(&start) && name.contains(DLL_SUFFIX)
    };
    let files = fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    files.filter(is_library).max()
}

/// Opens graphs, all on the same device.
#[derive(Clone)]
pub(super) struct Opener {
    environment: Environment,
    cuda: bool,
    threads: usize,
    /// The folder that profiles go to.
    profiles: Option<PathBuf>,
    /// How many graphs were opened, so that each has a profile of its own.
    opened: Arc<AtomicUsize>,
    /// Whether weights are laid out for the processor.
    packs: bool,
    low_memory: bool,
}

/// Opens the encoder's graph and, beside it on another thread, what `decoder` opens; all on the device that is asked
/// for.
///
/// Returns both, what opened them and what really runs: `cpu`, `cuda`, or the CPU with the reason.
pub(super) fn open_beside<T: Send>(
    encoder: &Path,
    decoder: &(dyn Fn(&Opener) -> Result<T, OpenError> + Sync),
    options: &LoadOptions,
) -> Result<(Session, T, Opener, String), CaptionError> {
    let started = started()?;
    let opener = |cuda| Opener::new(&started, cuda, options);
    let mut what_runs = "cpu".to_owned();
    if options.device != DeviceChoice::Cpu {
        let opener = opener(true);
        match opener.open_both(encoder, decoder) {
            Ok((encoder, decoder)) => return Ok((encoder, decoder, opener, "cuda".to_owned())),
            Err(OpenError { error, .. }) => {
                log::info!("CUDA is not used: {error}");
                if options.device == DeviceChoice::Cuda {
                    what_runs = format!("cpu (CUDA was asked for, but: {})", short(error.message()));
                }
            }
        }
    }
    let opener = opener(false);
    let (encoder, decoder) = opener.open_both(encoder, decoder).map_err(ModelError::from)?;
    Ok((encoder, decoder, opener, what_runs))
}

impl Opener {
    fn new(started: &Started, cuda: bool, options: &LoadOptions) -> Self {
        let threads = match options.threads {
            Some(threads) => threads,
            None if options.low_memory => cores().min(FEW_THREADS),
            None => cores(),
        };
        Self {
            environment: started.environment.clone(),
            cuda,
            threads: threads.max(1),
            packs: !(options.briefly || options.low_memory),
            profiles: options.profiles.clone(),
            opened: Arc::default(),
            low_memory: options.low_memory,
        }
    }

    fn open_both<T: Send>(
        &self,
        encoder: &Path,
        decoder: &(dyn Fn(&Self) -> Result<T, OpenError> + Sync),
    ) -> Result<(Session, T), OpenError> {
        if self.low_memory {
            // While a graph is opened its file is in memory twice.
            return Ok((self.open(&Source::of(encoder))?, decoder(self)?));
        }
        std::thread::scope(|scope| {
            let beside = scope.spawn(|| decoder(self));
            let encoder = self.open(&Source::of(encoder));
            let decoder = beside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            Ok((encoder?, decoder?))
        })
    }

    /// The same for graphs that are run a few times and closed: their weights are not laid out for the processor.
    pub(super) fn for_a_moment(&self) -> Self {
        Self {
            packs: false,
            ..self.clone()
        }
    }

    /// Whether weights are laid out for the processor.
    pub(super) fn packs(&self) -> bool {
        self.packs
    }

    /// Opens a decoder's graph, with its cross-attention among its outputs where that can be reached.
    pub(super) fn open_decoder(&self, source: &Source) -> Result<Session, OpenError> {
        let attending = source
            .model()
            .ok()
            .and_then(|model| with_cross_attentions(&model, ATTENTION, changes));
        match attending.map(|model| self.open_version(&model, source)) {
            Some(Ok(session)) => Ok(session),
            _ => self.open(source),
        }
    }

    /// Opens a file. Its weights are mapped into memory where they can be left in it.
    pub(super) fn open(&self, source: &Source) -> Result<Session, OpenError> {
        match source.outline().map(|outline| self.open_version(outline, source)) {
            Some(Ok(session)) => Ok(session),
            _ => self.open_file(source.file),
        }
    }

    /// Opens a file that is a model by itself.
    pub(super) fn open_file(&self, file: &Path) -> Result<Session, OpenError> {
        let session = self.builder().and_then(|mut builder| builder.commit_from_file(file));
        session.map_err(|error| OpenError {
            file: file.to_path_buf(),
            error,
        })
    }

    /// Opens another version of a file; weights that lie in that one and beside it are found.
    pub(super) fn open_version(&self, version: &[u8], source: &Source) -> Result<Session, OpenError> {
        let session = self.builder().and_then(|builder| {
            let mut builder = builder.with_config_entry(EXTERNAL_FOLDER, source.weights().to_string_lossy())?;
            builder.commit_from_memory(version)
        });
        session.map_err(|error| OpenError {
            file: source.file.to_path_buf(),
            error,
        })
    }

    fn builder(&self) -> ort::Result<SessionBuilder> {
        let mut builder = Session::builder(&self.environment)?
            .with_intra_threads(self.threads)?
            .with_inter_threads(1)?
            .with_prepacking(self.packs)?
            .with_config_entry(STOP_SPINNING, "1")?;
        if let Some(folder) = &self.profiles {
            let graph = self.opened.fetch_add(1, Ordering::Relaxed);
            let device = if self.cuda { "cuda" } else { "cpu" };
            builder = builder.with_profiling(folder.join(format!("{device}-{graph}")))?;
        }
        if self.cuda {
            builder = builder.with_execution_providers([ep::CUDA::default().build().error_on_failure()])?;
        }
        if self.low_memory {
            // An arena keeps what it once had, and a pattern plans for the largest input so far.
            let processor = ep::CPU::default().with_arena_allocator(false).build();
            builder = builder
                .with_execution_providers([processor])?
                .with_memory_pattern(false)?;
        }
        Ok(builder)
    }

    /// What opened graphs run on, for telling their results from those of another runtime or device.
    pub(super) fn runs_on(&self) -> String {
        let library = started().map(|started| started.path).unwrap_or_default();
        let library = library.file_name().unwrap_or_default().to_string_lossy().into_owned();
        format!("{library} {}", if self.cuda { "cuda" } else { "cpu" })
    }
}

/// A graph that can be closed to make room, and opens again when it is run the next time.
pub(super) struct Graph {
    session: Option<Session>,
    file: PathBuf,
    opener: Opener,
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Graph")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

impl Graph {
    pub(super) fn new(session: Session, file: &Path, opener: &Opener) -> Self {
        Self {
            session: Some(session),
            file: file.to_path_buf(),
            opener: opener.clone(),
        }
    }

    /// Opens it where it is closed.
    pub(super) fn session(&mut self) -> Result<&mut Session, ModelError> {
        let session = match self.session.take() {
            Some(session) => session,
            None => self.opener.open(&Source::of(&self.file))?,
        };
        Ok(self.session.insert(session))
    }

    /// Gives its weights' room back.
    pub(super) fn close(&mut self) {
        self.session = None;
    }
}

/// ONNX Runtime's name for letting threads that wait for work rest once a run is over. Each graph has threads of its own, and
/// those of the one before would keep the processor from the next for a while, at every word.
const STOP_SPINNING: &str = "session.force_spinning_stop";

/// ONNX Runtime's name for the folder that weights outside of a model lie in.
const EXTERNAL_FOLDER: &str = "session.model_external_initializers_file_folder_path";

/// Opens one graph that is no model folder, such as a classifier to learn from, on all physical cores.
///
/// # Errors
/// ONNX Runtime is missing or the file is broken.
pub fn open_graph(file: &Path) -> Result<Session, CaptionError> {
    let opener = Opener::new(&started()?, false, &LoadOptions::default());
    Ok(opener.open_file(file).map_err(ModelError::from)?)
}

/// A graph that cannot be opened.
#[derive(Debug)]
pub(super) struct OpenError {
    pub(super) file: PathBuf,
    pub(super) error: ort::Error,
}

impl From<OpenError> for ModelError {
    fn from(OpenError { file, error }: OpenError) -> Self {
        log::warn!("{} cannot be opened: {error}", file.display());
        match error.code() {
            ErrorCode::NotImplemented => Self::Unsupported {
                file,
                what: short(error.message()),
            },
            ErrorCode::InvalidProtobuf => Self::Broken {
                file,
                reason: text!("reason-no-onnx"),
            },
            _ => Self::Broken {
                file,
                reason: short(error.message()),
            },
        }
    }
}

/// Refuses a graph that takes or gives numbers of a kind that is not converted; weights and steps inside of it may have
/// them.
pub(super) fn check_numbers(session: &Session, file: &Path) -> Result<(), ModelError> {
    let mut ends = session.inputs().iter().chain(session.outputs());
    let other = ends.find(|end| end.dtype().tensor_type() == Some(TensorElementType::Bfloat16));
    other.map_or(Ok(()), |other| {
        Err(ModelError::Unsupported {
            file: file.to_path_buf(),
            what: text!("reason-bfloat", name = other.name()),
        })
    })
}

/// Threads of their own per core only wait for each other, so the physical cores count, within what the system allows.
fn cores() -> usize {
    num_cpus::get_physical().min(num_cpus::get())
}

/// The first sentence or line of a message of ONNX Runtime, short enough to be read aloud, without the place in its source
/// and the status ("[ONNXRuntimeError] : 1 : FAIL : ") that may stand before what has happened.
pub(super) fn short(message: &str) -> String {
    const LONGEST: usize = 160;
    let after_status = message
        .rsplit_once("[ONNXRuntimeError]")
        .and_then(|(_, status)| status.splitn(4, " : ").nth(3));
    let message = after_status.unwrap_or(message);
    let Some(line) = message.lines().map(str::trim).find(|line| !line.is_empty()) else {
        return text!("reason-none");
    };
    let line = line.split(". ").next().unwrap_or(line).trim_end_matches('.');
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn library_name() -> String {
        format!("{DLL_PREFIX}onnxruntime.{}", DLL_SUFFIX.trim_start_matches('.'))
    }

    #[test]
    fn the_library_of_the_wheel_is_told_from_its_neighbours() {
        let folder = tempfile::tempdir().unwrap();
        for file in [
            &library_name(),
            "libonnxruntime_providers_shared.so",
            "onnxruntime_pybind11_state.so",
        ] {
            fs::write(folder.path().join(file), "").unwrap();
        }
        assert_eq!(library_in(folder.path()), Some(folder.path().join(library_name())));
    }

    #[test]
    fn the_library_is_found_above_the_program_and_nearer_ones_come_first() {
        let folder = tempfile::tempdir().unwrap();
        let (program, wheel) = (folder.path().join("target/debug"), folder.path().join(WHEEL));
        let packaged = folder.path().join("target/lib/hearsight");
        for place in [&wheel, &packaged, &program.join("lib")] {
            fs::create_dir_all(place).unwrap();
        }
        fs::write(wheel.join(library_name()), "").unwrap();
        assert_eq!(library(None, Some(&program)), Ok(wheel.join(library_name())));
        fs::write(packaged.join(library_name()), "").unwrap();
        assert_eq!(library(None, Some(&program)), Ok(packaged.join(library_name())));
        fs::write(program.join("lib").join(library_name()), "").unwrap();
        assert_eq!(
            library(None, Some(&program)),
            Ok(program.join("lib").join(library_name()))
        );
    }

    /// Run in a process of its own, whose current folder holds what looks like a library.
    #[test]
    fn a_library_in_the_current_folder_is_not_loaded() {
        let folder = tempfile::tempdir().unwrap();
        let trap = folder.path().join(WHEEL);
        fs::create_dir_all(&trap).unwrap();
        fs::write(trap.join(library_name()), "no library").unwrap();
        let mut test = started_elsewhere();
        let output = test.env_remove("ORT_DYLIB_PATH").current_dir(&folder).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!said.contains(&*folder.path().to_string_lossy()), "{said}");
    }

    #[test]
    fn a_missing_library_is_told_with_the_places_and_what_to_do() {
        let named = Some(PathBuf::from("/nowhere/libonnxruntime.so"));
        assert_eq!(
            library(named, None).unwrap_err().to_string(),
            "ONNX Runtime, which runs the models, was not found. Install it with \"python3 -m pip install --no-deps \
             --target runtime onnxruntime==1.31.1\" in the program's folder or one above it, or name its library in \
             ORT_DYLIB_PATH. It was looked for in: /nowhere/libonnxruntime.so."
        );
        let error = library(None, Some(Path::new("/nowhere"))).unwrap_err().to_string();
        assert!(
            error.ends_with(": /nowhere, /nowhere/lib, /lib/hearsight, /nowhere/runtime/onnxruntime/capi."),
            "{error}"
        );
    }

    #[test]
    fn the_runtime_starts_once() {
        match start_runtime() {
            Ok(path) => assert_eq!(start_runtime(), Ok(path)),
            Err(error) => panic!("{error}"),
        }
    }

    /// The test above in a process of its own: a process keeps its first library.
    fn started_elsewhere() -> std::process::Command {
        let mut test = std::process::Command::new(env::current_exe().unwrap());
        test.args([
            "--exact",
            "--nocapture",
            "captioner::runtime::tests::the_runtime_starts_once",
        ]);
        test
    }

    /// What a process says that is given this library.
    fn refusal(library: &Path) -> String {
        let output = started_elsewhere().env("ORT_DYLIB_PATH", library).output().unwrap();
        assert_eq!(
            output.status.code(),
            Some(101),
            "the test panics and nothing worse happens"
        );
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    #[test]
    fn a_file_that_is_no_library_is_refused_with_the_systems_reason() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(library_name());
        fs::write(&path, "no library").unwrap();
        let sentence = refusal(&path);
        assert!(
            sentence.contains(&format!("ONNX Runtime at {} cannot be used (", path.display())),
            "{sentence}"
        );
        assert!(!sentence.contains("(dlopen failed)"), "{sentence}");
    }

    /// A library that has ONNX Runtime's one entry point, knows its version, and aborts when asked for anything else.
    const OLD: &str = r#"
        #[repr(C)]
        pub struct Base(extern "C" fn(u32) -> *const u8, extern "C" fn() -> *const u8);
        extern "C" fn api(_: u32) -> *const u8 { std::process::abort() }
        extern "C" fn version() -> *const u8 { c"1.20.1".as_ptr().cast() }
        static BASE: Base = Base(api, version);
        #[unsafe(no_mangle)]
        pub extern "C" fn OrtGetApiBase() -> *const Base { &BASE }
    "#;

    #[test]
    fn an_old_library_is_refused_by_its_version_before_anything_else_in_it_is_called() {
        let folder = tempfile::tempdir().unwrap();
        let (source, path) = (folder.path().join("old.rs"), folder.path().join(library_name()));
        fs::write(&source, OLD).unwrap();
        let compiler = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let mut compile = std::process::Command::new(compiler);
        compile
            .args(["--edition=2024", "--crate-type=cdylib", "-o"])
            .arg(&path)
            .arg(&source);
        assert!(compile.status().unwrap().success());
        let sentence = refusal(&path);
        let expected = format!(
            "ONNX Runtime 1.20.1 at {} is too old, 1.24 or newer is needed. Install",
            path.display()
        );
        assert!(sentence.contains(&expected), "{sentence}");
    }

    #[test]
    fn a_long_message_is_cut_to_its_first_sentence() {
        assert_eq!(short("\nNo driver. Install one.\nat cuda.cc:3"), "No driver");
        assert_eq!(short(&"x".repeat(500)).chars().count(), 161);
        // It was once cut before it came to the library that is missing.
        let cause =
            "Failed to load library libonnxruntime_providers_cuda.so with error: libcublasLt.so.13: cannot open it";
        let before =
            "/onnxruntime_src/onnxruntime/core/session/provider_bridge_ort.cc:2043 Provider& ProviderLibrary::Get()";
        assert_eq!(
            short(&format!("{before} [ONNXRuntimeError] : 1 : FAIL : {cause}")),
            cause
        );
    }
}
