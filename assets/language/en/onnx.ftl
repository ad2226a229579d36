# Why an ONNX file could not be read, written or built.

onnx-read = The model file { $path } could not be read ({ $reason }). Check that it is there and that you may read it.
onnx-broken = The model file { $path } is not a whole ONNX file. Try to download or export it again.
onnx-write = The model file { $path } could not be written ({ $reason }). Check the free space and the folder's rights.
onnx-duplicate = { $operation } wants to write "{ $name }", but the graph has that name already. Give it another name.
onnx-unknown = { $operation } reads "{ $name }", which nothing before it writes. Check the name and the order.
onnx-shape = { $operation } expects { $expected }, but "{ $name }" is { $found }.
onnx-length = The initializer "{ $name }" has the shape { $shape }, but { $values } values were given.
