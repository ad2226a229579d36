//! The messages of TensorBoard's event files that are written here, as prost structs: `event.proto` and `summary.proto` of
//! TensorBoard, and the tensor of a text.

use prost::{Enumeration, Message, Oneof};

/// One record of the file.
#[derive(Clone, PartialEq, Message)]
pub struct Event {
    /// Seconds since 1970.
    #[prost(double, tag = "1")]
    pub wall_time: f64,
    /// Which step of the run.
    #[prost(int64, tag = "2")]
    pub step: i64,
    /// What there is to say.
    #[prost(oneof = "What", tags = "3, 5, 7")]
    pub what: Option<What>,
}

/// What an event says.
#[derive(Clone, PartialEq, Oneof)]
pub enum What {
    /// The first record's: which format follows.
    #[prost(string, tag = "3")]
    FileVersion(String),
    /// Values.
    #[prost(message, tag = "5")]
    Summary(Summary),
    /// A run begins, perhaps anew.
    #[prost(message, tag = "7")]
    SessionLog(SessionLog),
}

/// A run that begins: what an earlier file says of this step and later ones does not hold.
#[derive(Clone, PartialEq, Message)]
pub struct SessionLog {
    /// Which.
    #[prost(enumeration = "SessionStatus", tag = "1")]
    pub status: i32,
}

/// What becomes of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Enumeration)]
#[repr(i32)]
pub enum SessionStatus {
    /// Not said.
    Unspecified = 0,
    /// It begins.
    Start = 1,
}

/// Values of a step.
#[derive(Clone, PartialEq, Message)]
pub struct Summary {
    /// Each with its name.
    #[prost(message, repeated, tag = "1")]
    pub value: Vec<Value>,
}

/// A named value.
#[derive(Clone, PartialEq, Message)]
pub struct Value {
    /// The name; what stands before a slash is a group.
    #[prost(string, tag = "1")]
    pub tag: String,
    /// How it is shown, where its kind does not say it.
    #[prost(message, optional, tag = "9")]
    pub metadata: Option<Metadata>,
    /// The value.
    #[prost(oneof = "Kind", tags = "2, 4, 8")]
    pub kind: Option<Kind>,
}

/// A value of some kind.
#[derive(Clone, PartialEq, Oneof)]
pub enum Kind {
    /// A number.
    #[prost(float, tag = "2")]
    Scalar(f32),
    /// A picture.
    #[prost(message, tag = "4")]
    Image(Image),
    /// A text, for the plugin that the metadata names.
    #[prost(message, tag = "8")]
    Tensor(Tensor),
}

/// A picture as a PNG file.
#[derive(Clone, PartialEq, Message)]
pub struct Image {
    /// In pixels.
    #[prost(int32, tag = "1")]
    pub height: i32,
    /// In pixels.
    #[prost(int32, tag = "2")]
    pub width: i32,
    /// 3: red, green and blue.
    #[prost(int32, tag = "3")]
    pub colorspace: i32,
    /// The file.
    #[prost(bytes = "vec", tag = "4")]
    pub encoded_image_string: Vec<u8>,
}

/// Which plugin shows a value.
#[derive(Clone, PartialEq, Message)]
pub struct Metadata {
    /// The plugin.
    #[prost(message, optional, tag = "1")]
    pub plugin_data: Option<Plugin>,
}

/// A plugin by its name.
#[derive(Clone, PartialEq, Message)]
pub struct Plugin {
    /// The name.
    #[prost(string, tag = "1")]
    pub plugin_name: String,
}

/// A tensor of texts.
#[derive(Clone, PartialEq, Message)]
pub struct Tensor {
    /// 7: text.
    #[prost(int32, tag = "1")]
    pub dtype: i32,
    /// How many there are; none stands for one.
    #[prost(message, optional, tag = "2")]
    pub tensor_shape: Option<Shape>,
    /// The texts.
    #[prost(bytes = "vec", repeated, tag = "8")]
    pub string_val: Vec<Vec<u8>>,
}

/// The shape of a tensor.
#[derive(Clone, PartialEq, Message)]
pub struct Shape {
    /// Its dimensions.
    #[prost(message, repeated, tag = "2")]
    pub dim: Vec<Size>,
}

/// A dimension of a tensor.
#[derive(Clone, PartialEq, Message)]
pub struct Size {
    /// How long.
    #[prost(int64, tag = "1")]
    pub size: i64,
}
