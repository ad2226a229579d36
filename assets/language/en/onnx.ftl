# Why an ONNX file could not be read, written or built.
