# Why a photo could not be described: what could not be done, why, and what to do.

caption-cancelled = The description was stopped.
caption-no-words = The model found no words for this photo. Try more beams or another model.
caption-setting = The photo cannot be described with these settings: { $reason }. Change or leave out the setting.
caption-run-failed = The model failed while it looked at the photo ({ $reason }). Try again on the CPU, or try another model.

preprocessor-not-understood = This model wants its photos prepared in a way that is not known here: its preprocessor_config.json says “{ $field }”: { $value }. Choose another model.
preprocessor-missing = This model does not say how to prepare photos: its preprocessor_config.json lacks “{ $field }”. Choose another model or get this one again.

runtime-not-found = ONNX Runtime, which runs the models, was not found. { $install }. It was looked for in: { $places }.
runtime-too-old = ONNX Runtime { $version } at { $path } is too old, { $needed } or newer is needed. { $install }.
runtime-broken = ONNX Runtime at { $path } cannot be used ({ $reason }). { $install }.
runtime-install = Install it with "python3 -m pip install --no-deps --target runtime onnxruntime==1.31.1" in the program's folder or one above it, or name its library in ORT_DYLIB_PATH
runtime-another-library = it is another library

device-unknown = There is no device "{ $name }". Choose auto, cpu or cuda.

# The picture of where the model looked.
picture-no-font = The picture of the attention cannot be written: the program's font is broken. Install the program again.
picture-not-encoded = The picture of the attention cannot be written as a PNG file: { $reason }.
picture-not-written = The picture of the attention cannot be written to { $path }: { $reason }. Check that the folder exists and has room.
