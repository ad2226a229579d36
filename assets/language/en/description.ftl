# A description: its doubt, its words and their places.

description = Description
description-none = No description yet
description-spoken = Description: { $sentence }

# Said before the sentence, from worse to better.
doubt-probably-wrong = This is probably wrong:
doubt-may-be-wrong = This may be wrong:
doubt-uncalibrated = How often this model is right is not known:

# "dog, lower left", "runs, right, unsure"
word-and-more = { $word }, { $more }
word-unsure = unsure
no-attention = This model does not say where it looked.
# The same where covering parts of the photo finds it out; $why is the sentence above.
no-attention-yet = { $why } { $key } finds out by covering parts of the photo.
no-part = Covering any one part of the photo changes nothing here.

place-upper-left = upper left
place-top = top
place-upper-right = upper right
place-left = left
place-middle = middle
place-right = right
place-lower-left = lower left
place-bottom = bottom
place-lower-right = lower right
place-everywhere = all over the photo

# The line below the sentence that explains its dots.
legend-unsure = Dotted: the model was unsure of this word.
