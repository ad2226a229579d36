//! The functions of libheif that are used, opened at run time: the only place that calls into C for a photo.
//!
//! The signatures are those of `heif.h` from 1.12 on, which later versions keep. Whatever libheif does with a broken
//! file happens in the process that decodes photos (`photo/apart`), which may neither write nor send anything.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::marker::PhantomData;
use std::ptr;

use libloading::Library as Dynamic;

use crate::photo::colour::Meaning;

/// Where the library is looked for.
const NAMES: &[&str] = if cfg!(target_os = "macos") {
    &[
        "libheif.1.dylib",
        "/opt/homebrew/lib/libheif.1.dylib",
        "/usr/local/lib/libheif.1.dylib",
    ]
} else if cfg!(windows) {
    &["heif.dll", "libheif.dll"]
} else {
    &["libheif.so.1"]
};

const COLOUR_SPACE_RGB: c_int = 1;
const INTERLEAVED_RGB: c_int = 10;
const INTERLEAVED_RGBA: c_int = 11;
const CHANNEL_INTERLEAVED: c_int = 10;

/// `struct heif_error`.
#[repr(C)]
#[derive(Clone, Copy)]
struct Error {
    code: c_int,
    subcode: c_int,
    message: *const c_char,
}

/// The beginning of `struct heif_color_profile_nclx`, which later versions only make longer.
#[repr(C)]
struct Nclx {
    version: u8,
    primaries: c_int,
    transfer: c_int,
    matrix: c_int,
}

/// What libheif calls context, handle and image.
type Opaque = *mut c_void;

/// Why libheif did not do what was asked.
pub struct Fault {
    pub kind: FaultKind,
    pub message: String,
}

/// What a person can do about it differs.
pub enum FaultKind {
    /// The decoder for what is in the file is missing.
    NoDecoder,
    /// A kind of file that libheif does not read.
    NotSupported,
    /// It would take too much memory.
    Memory,
    /// The file is not whole.
    EndsEarly,
    /// Anything else.
    Damaged,
}

/// Pixels as libheif gives them, without gaps between the rows.
pub struct Decoded {
    pub width: u32,
    pub height: u32,
    pub samples: Vec<u8>,
}

/// libheif, opened.
pub struct Library {
    version: String,
    context_alloc: unsafe extern "C" fn() -> Opaque,
    context_free: unsafe extern "C" fn(Opaque),
    read: unsafe extern "C" fn(Opaque, *const c_void, usize, *const c_void) -> Error,
    primary: unsafe extern "C" fn(Opaque, *mut Opaque) -> Error,
    handle_release: unsafe extern "C" fn(Opaque),
    handle_width: unsafe extern "C" fn(Opaque) -> c_int,
    handle_height: unsafe extern "C" fn(Opaque) -> c_int,
    handle_has_alpha: unsafe extern "C" fn(Opaque) -> c_int,
    profile_size: unsafe extern "C" fn(Opaque) -> usize,
    profile: unsafe extern "C" fn(Opaque, *mut c_void) -> Error,
    nclx: unsafe extern "C" fn(Opaque, *mut *mut Nclx) -> Error,
    nclx_free: unsafe extern "C" fn(*mut Nclx),
    decode: unsafe extern "C" fn(Opaque, *mut Opaque, c_int, c_int, *const c_void) -> Error,
    image_release: unsafe extern "C" fn(Opaque),
    image_width: unsafe extern "C" fn(Opaque, c_int) -> c_int,
    image_height: unsafe extern "C" fn(Opaque, c_int) -> c_int,
    plane: unsafe extern "C" fn(Opaque, c_int, *mut c_int) -> *const u8,
    /// Kept open as long as the functions may be called.
    _library: Dynamic,
}

impl Library {
    /// Opens it and has it load its plugins, so that nothing has to be opened later.
    ///
    /// # Errors
    /// It is not installed, or lacks a function.
    pub fn open() -> Result<Self, String> {
        let mut why = String::new();
        for name in NAMES {
            // SAFETY: loading runs the library's initialisers; it is a system library that the person installed.
            match unsafe { Dynamic::new(*name) } {
                Ok(library) => return Self::with(library).map_err(|error| error.to_string()),
                Err(error) => why = error.to_string(),
            }
        }
        Err(why)
    }

    fn with(library: Dynamic) -> Result<Self, libloading::Error> {
        // SAFETY: each function has the signature that heif.h gives it, and the library stays open as long as `Self`.
        unsafe {
            // From 1.13 on; it loads the plugins.
            if let Ok(init) = library.get::<unsafe extern "C" fn(*const c_void) -> Error>(b"heif_init\0") {
                init(ptr::null());
            }
            let version = library.get::<unsafe extern "C" fn() -> *const c_char>(b"heif_get_version\0")?();
            Ok(Self {
                version: text(version),
                context_alloc: *library.get(b"heif_context_alloc\0")?,
                context_free: *library.get(b"heif_context_free\0")?,
                read: *library.get(b"heif_context_read_from_memory_without_copy\0")?,
                primary: *library.get(b"heif_context_get_primary_image_handle\0")?,
                handle_release: *library.get(b"heif_image_handle_release\0")?,
                handle_width: *library.get(b"heif_image_handle_get_width\0")?,
                handle_height: *library.get(b"heif_image_handle_get_height\0")?,
                handle_has_alpha: *library.get(b"heif_image_handle_has_alpha_channel\0")?,
                profile_size: *library.get(b"heif_image_handle_get_raw_color_profile_size\0")?,
                profile: *library.get(b"heif_image_handle_get_raw_color_profile\0")?,
                nclx: *library.get(b"heif_image_handle_get_nclx_color_profile\0")?,
                nclx_free: *library.get(b"heif_nclx_color_profile_free\0")?,
                decode: *library.get(b"heif_decode_image\0")?,
                image_release: *library.get(b"heif_image_release\0")?,
                image_width: *library.get(b"heif_image_get_width\0")?,
                image_height: *library.get(b"heif_image_get_height\0")?,
                plane: *library.get(b"heif_image_get_plane_readonly\0")?,
                _library: library,
            })
        }
    }

    /// Its version: "1.15.1".
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Reads what is in a file; the bytes stay where they are.
    pub fn file<'a>(&'a self, bytes: &'a [u8]) -> Result<File<'a>, Fault> {
        // SAFETY: no arguments.
        let context = unsafe { (self.context_alloc)() };
        if context.is_null() {
            return Err(Fault::of_memory());
        }
        let file = File {
            library: self,
            context,
            bytes: PhantomData,
        };
        // SAFETY: the context is valid, and the bytes live as long as `file`, which frees it.
        check(unsafe { (self.read)(context, bytes.as_ptr().cast(), bytes.len(), ptr::null()) })?;
        Ok(file)
    }
}

/// A file that has been read.
pub struct File<'a> {
    library: &'a Library,
    context: Opaque,
    bytes: PhantomData<&'a [u8]>,
}

impl Drop for File<'_> {
    fn drop(&mut self) {
        // SAFETY: allocated by `Library::file` and freed here alone.
        unsafe { (self.library.context_free)(self.context) };
    }
}

impl File<'_> {
    /// The picture that the file is about, and none of its thumbnails.
    pub fn primary(&self) -> Result<Picture<'_>, Fault> {
        let mut handle = ptr::null_mut();
        // SAFETY: the context is valid, and the handle is written where it has room.
        check(unsafe { (self.library.primary)(self.context, &raw mut handle) })?;
        if handle.is_null() {
            return Err(Fault::of_memory());
        }
        Ok(Picture {
            library: self.library,
            handle,
            file: PhantomData,
        })
    }
}

/// A picture of a file, not yet decoded.
pub struct Picture<'a> {
    library: &'a Library,
    handle: Opaque,
    file: PhantomData<&'a File<'a>>,
}

impl Drop for Picture<'_> {
    fn drop(&mut self) {
        // SAFETY: given by `File::primary` and released here alone.
        unsafe { (self.library.handle_release)(self.handle) };
    }
}

impl Picture<'_> {
    /// Width and height, cropped and turned.
    pub fn size(&self) -> (u32, u32) {
        // SAFETY: the handle is valid.
        let (width, height) = unsafe {
            (
                (self.library.handle_width)(self.handle),
                (self.library.handle_height)(self.handle),
            )
        };
        (u32::try_from(width).unwrap_or(0), u32::try_from(height).unwrap_or(0))
    }

    /// Whether some of it is transparent.
    pub fn has_alpha(&self) -> bool {
        // SAFETY: the handle is valid.
        unsafe { (self.library.handle_has_alpha)(self.handle) != 0 }
    }

    /// What its numbers mean, where that is not sRGB.
    pub fn meaning(&self) -> Option<Meaning> {
        // SAFETY: the handle is valid.
        let size = unsafe { (self.library.profile_size)(self.handle) };
        if size > 0 {
            let mut icc = vec![0_u8; size];
            // SAFETY: there is room for as many bytes as were announced.
            check(unsafe { (self.library.profile)(self.handle, icc.as_mut_ptr().cast()) }).ok()?;
            return Some(Meaning::Icc(icc));
        }
        self.primaries().map(Meaning::Primaries)
    }

    /// The primaries where they are wider than sRGB's and the curve is an ordinary one.
    fn primaries(&self) -> Option<u8> {
        const BT_2020: c_int = 9;
        const DISPLAY_P3: c_int = 12;
        const LINEAR: c_int = 8;
        const PQ: c_int = 16;
        const HLG: c_int = 18;
        let mut nclx: *mut Nclx = ptr::null_mut();
        // SAFETY: the handle is valid, and the pointer is written where it has room.
        check(unsafe { (self.library.nclx)(self.handle, &raw mut nclx) }).ok()?;
        // SAFETY: null, or a structure that begins as `Nclx` does in each version.
        let (primaries, transfer) = unsafe { nclx.as_ref().map(|nclx| (nclx.primaries, nclx.transfer)) }?;
        // SAFETY: given above, not null, and freed here alone.
        unsafe { (self.library.nclx_free)(nclx) };
        let is_wide = matches!(primaries, BT_2020 | DISPLAY_P3) && !matches!(transfer, LINEAR | PQ | HLG);
        is_wide.then(|| u8::try_from(primaries).ok()).flatten()
    }

    /// Decodes it to 8-bit RGB, or RGBA where it has alpha.
    pub fn decode(&self) -> Result<Decoded, Fault> {
        let (chroma, channels) = if self.has_alpha() {
            (INTERLEAVED_RGBA, 4)
        } else {
            (INTERLEAVED_RGB, 3)
        };
        let mut image = ptr::null_mut();
        // SAFETY: the handle is valid, the image is written where it has room, and no options are allowed.
        let done = unsafe { (self.library.decode)(self.handle, &raw mut image, COLOUR_SPACE_RGB, chroma, ptr::null()) };
        check(done)?;
        let image = Image {
            library: self.library,
            image,
        };
        image.pixels(channels).ok_or_else(Fault::of_memory)
    }
}

/// A decoded picture in libheif's memory.
struct Image<'a> {
    library: &'a Library,
    image: Opaque,
}

impl Drop for Image<'_> {
    fn drop(&mut self) {
        // SAFETY: given by `Picture::decode` and released here alone; null is allowed.
        unsafe { (self.library.image_release)(self.image) };
    }
}

impl Image<'_> {
    /// Copies the pixels; none where there are none.
    fn pixels(&self, channels: usize) -> Option<Decoded> {
        if self.image.is_null() {
            return None;
        }
        let mut stride: c_int = 0;
        // SAFETY: the image is valid, and the stride is written where it has room.
        let (width, height, plane) = unsafe {
            (
                (self.library.image_width)(self.image, CHANNEL_INTERLEAVED),
                (self.library.image_height)(self.image, CHANNEL_INTERLEAVED),
                (self.library.plane)(self.image, CHANNEL_INTERLEAVED, &raw mut stride),
            )
        };
        let (wide, high) = (usize::try_from(width).ok()?, usize::try_from(height).ok()?);
        let (row, stride) = (wide * channels, usize::try_from(stride).ok()?);
        if plane.is_null() || wide == 0 || high == 0 || stride < row {
            return None;
        }
        let mut samples = Vec::with_capacity(row * high);
        for y in 0..high {
            // SAFETY: the plane has `high` rows, `stride` bytes apart, of at least `row` bytes each.
            samples.extend_from_slice(unsafe { std::slice::from_raw_parts(plane.add(y * stride), row) });
        }
        Some(Decoded {
            width: u32::try_from(wide).ok()?,
            height: u32::try_from(high).ok()?,
            samples,
        })
    }
}

impl Fault {
    fn of_memory() -> Self {
        Self {
            kind: FaultKind::Memory,
            message: String::new(),
        }
    }
}

/// What an error means, by the numbers of `heif_error_code` and `heif_suberror_code`.
fn check(error: Error) -> Result<(), Fault> {
    let kind = match (error.code, error.subcode) {
        (0, _) => return Ok(()),
        // A plugin that cannot be loaded, a codec that none is there for.
        (11, _) | (4, 3000) => FaultKind::NoDecoder,
        (3 | 4, _) => FaultKind::NotSupported,
        (6, _) | (_, 1000) => FaultKind::Memory,
        (_, 100) => FaultKind::EndsEarly,
        _ => FaultKind::Damaged,
    };
    Err(Fault {
        kind,
        message: text(error.message),
    })
}

/// Text of libheif's, which lives as long as the library.
fn text(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: not null, and libheif ends its texts with a zero.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}
