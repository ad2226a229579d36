# Installing, removing and listing models.

store-no-place = This system names no folder for a program's data. Name one in HEARSIGHT_DATA_DIR.
store-catalogue = The catalogue of models cannot be used: { $reason }. Use another one, or none for the program's own.
store-manifest = The list of a model's installed files cannot be used: { $reason }. Remove the model and install it again.
store-unknown = The catalogue has no model "{ $name }". It has: { $known }.
store-not-installed = No model "{ $name }" is installed. "hearsight models list" shows what is.
store-not-ours = { $folder } was not put there by Hearsight, so it is left alone. Move it elsewhere first.
store-busy = Another Hearsight is installing or removing a model. Wait until it has finished and try again.
store-no-room = The disk is too full: { $needed } MB are needed in { $folder } and { $free } MB are free. Make room and try again; what was downloaded is kept.
store-disk = { $path } cannot be read or written ({ $reason }). Check the disk and its permissions.
store-insecure = { $address } is not a safe address to download from, so nothing was. Only HTTPS is used.
store-refused = { $address } cannot be had: the server answers { $status }. Try later, or look in the catalogue for another model.
store-connection = { $address } could not be downloaded: { $reason }. Check the connection and try again; what has come is kept.
store-size = { $file } should have { $expected } bytes and has { $found }, so it was not used. Try again later.
store-digest = { $file } is not the file that it should be: its digest is another. It was not used. Try again later; if it stays so, tell those who publish the model.
store-revision = The server gives revision { $found } instead of { $expected }, so nothing was used. Try again later.

# What is wrong with a catalogue or a manifest, as it stands in the sentences above.
store-reason-twice = it has "{ $name }" twice
store-reason-value = its { $what } is "{ $value }"

# What happened to a connection, as it stands in the sentences above.
store-reason-redirect = the server sends us around
store-reason-status = the server answers { $status }
store-reason-encoded = the server sends it compressed
store-reason-range = the server sends another part than was asked for
store-reason-no-size = the server does not tell its size
store-reason-changed = the file changed on the server
store-reason-broke-off = the connection broke off
store-reason-host = the server's name is not known
store-reason-unreachable = the server cannot be reached
store-reason-stalled = nothing came any more

# The command line.
models-installed = { $name } (installed, { $megabytes } MB, { $folder })
models-available = { $name } ({ $megabytes } MB to download)
models-about = { $title }: { $good }. Languages: { $languages }. Licence: { $licence }. { $page }
models-own = { $name } (installed, no longer in the catalogue, { $folder })
models-begins = Downloading { $name }, { $megabytes } MB…
models-goes-on = Downloading { $name }: { $here } of { $megabytes } MB are here already…
models-percent = { $percent } %
models-waits = A break: { $reason }. Trying again…
models-checks = Checking…
models-done = { $name } is installed in { $folder }. Use it with: hearsight --model { $name }
models-before = { $name } is installed already, in { $folder }.
models-removed = { $name } was removed.
models-no-network = This program was built without the code that downloads. Download the model's folder by other means and name it with --model.
