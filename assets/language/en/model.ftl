# Why a model folder cannot be used: what could not be done, why, and what to do.

model-not-found = No model was found. Put a model folder into one of these places, or name one with --model or HEARSIGHT_MODEL: { $places }.
model-no-folder = There is no model folder at { $path }. Check the path, or install a model there.
model-file-missing = The model folder { $folder } has no { $file }. Download the model again with all its files.
model-no-variant = The model folder { $folder } has no variant "{ $name }". Choose one of these: { $variants }.
model-broken = { $file } is broken or incomplete ({ $reason }). Download the model again.
model-contradiction = The files in { $folder } do not fit together: { $contradiction }. Use the files of one model.
model-unsupported = { $file } cannot be used here: { $what }. Try another model, or another export of it.

# Reasons, as they stand in the sentences above.
reason-none = no reason given
reason-no-onnx = it ends too early or is not an ONNX file
reason-bfloat = its "{ $name }" is of bfloat16 numbers, and only 32-bit floats and those of IEEE with 16 bits are known here
reason-other-decoder = it starts from "{ $name }", which only another decoder of its export computes
reason-no-shape = "{ $name }" has no shape
reason-not-given = it takes an input "{ $name }" that the encoder does not give
reason-no-output = it has no output "{ $name }" to go on from
reason-needs = it needs an input "{ $input }" and an output "{ $output }"
reason-cannot-see = it takes nothing from the encoder, so it cannot see
reason-unknown-input = it takes an input "{ $name }" that is not known
reason-scores-shape = its scores have the shape { $shape } for { $rows } sequences
reason-scores-no-numbers = its scores are not numbers
reason-no-attention = the weights of "{ $name }" sum to { $sum } and not to 1, so that they are no attention
reason-state-rows = what it goes on from is not of as many rows as sequences
reason-encoder-size = the encoder takes pictures of { $width }×{ $height } pixels, but preprocessor_config.json makes them { $made_width }×{ $made_height }
reason-attention-grid = config.json says that the attention_grid is { $rows }×{ $columns }, but the decoder looks at { $positions } positions
reason-no-word-support = config.json names the words of "{ $output }", but the encoder has no such output
reason-no-expected-captions = config.json says what expected captions weigh, but the encoder has no output "{ $output }"
reason-no-gate = config.json says from where on a picture is a photo, but the encoder has no output "{ $output }"
reason-promise = its "{ $name }" promises { $elements } values and does not have them
reason-loop = its operation "{ $name }" may repeat for ever
reason-promise-senseless = its "{ $name }" has a shape or a place that makes no sense
reason-too-large = it has { $gigabytes } GB of weights, and at most { $most } GB are taken
reason-outside = its weights "{ $name }" lie in { $location }, outside of the model's folder
reason-short-weights = it ends before the weights "{ $name }" do
reason-no-tokenizer = a part of it is of no known form
reason-no-file = it is no ordinary file
reason-file-too-large = it has { $megabytes } MB, and at most { $most } MB are read
reason-no-start-token = neither generation_config.json nor config.json has a decoder_start_token_id or bos_token_id
reason-vocabulary = tokenizer.json has { $words } words, but the decoder was made for a vocabulary of { $size }
reason-special-token = the start or end token { $id } is outside of the decoder's vocabulary of { $size }
reason-generation = its search setting "{ $name }" is { $value }, which asks for something that is not known here
reason-setting = { $name } is { $value }, expected { $expected }
expected-at-most-beams = at most the { $beams } of num_beams
expected-count = a whole number from { $least } to { $most }
expected-early-stopping = true, false or "never"
expected-flag = true or false
expected-number = a number
expected-positive = a number above 0
expected-object = an object with the settings' names
expected-token-below = the number of a token below { $size }
expected-token = the number of a token
expected-tokens = the number of a token or a list of such
expected-words = a list of lists of tokens' numbers

generation-unknown = There is no search setting "{ $name }". There are: { $known }.
