# The list of photos, recent descriptions, alternatives, agreement and doubt.

# In the place of a sentence with hardly any confidence, and of one about a picture with nothing to see in it.
doubt-cannot-tell = I cannot tell what is in this photo. Press { $key } for a guess that is probably wrong.
no-clear-picture = I see no clear picture here.

# Of a picture that is none of what the model has learnt to describe; the second sentence where a key gives its guess.
no-photo = This looks like a page of text, a screenshot or a chart. I can only describe photos.
no-photo-guess = Press { $key } for a guess that is probably wrong.

# How far the sentences about a photo agree: "All five mention: dog. Three of five say: frisbee."
agreement-all = { $total ->
    [2] Both mention: { $words }.
    [3] All three mention: { $words }.
    [4] All four mention: { $words }.
    [5] All five mention: { $words }.
   *[other] All { $total } mention: { $words }.
}
agreement-some = { $count ->
    [2] Two
    [3] Three
    [4] Four
   *[other] { $count }
} of { $total ->
    [3] three
    [4] four
    [5] five
   *[other] { $total }
} say: { $words }.
agreement-in-none = No word is in all { $total ->
    [3] three
    [4] four
    [5] five
   *[other] { $total }
}.
agreement-no-word = { $total ->
    [2] The two sentences share no word.
   *[other] The { $total } sentences share no word.
}

# Recent descriptions that could not be kept, read, deleted or shown with their photo.
recent-broken = The list of recent descriptions is broken and was set aside as { $aside }. A new list has been started.
recent-not-written = Recent descriptions cannot be kept in { $folder }: { $reason }. Check that the folder may be written to and has room.
recent-not-cleared = The recent descriptions in { $folder } could not all be deleted: { $reason }. Delete the folder by hand.
recent-was-pasted = This picture was pasted; of it only the description is kept. Paste it again to see it.
doubt-cannot-tell-in-list = I cannot tell what is in this photo.

# The list of photos: "2 of 5", before the sentence.
photos-position = { $at } of { $count }.
photos-position-line = Photo { $at } of { $count }
photos-last = { $count ->
    [1] There is no other photo in this folder.
   *[other] This is the last of { $count } photos.
}
photos-first = { $count ->
    [1] There is no other photo in this folder.
   *[other] This is the first of { $count } photos.
}
photos-no-list = There are no photos to step through. Open a photo of a folder, or drop several.
photos-listing = Looking for the photos of this folder…
photos-none-given = There is no photo in what was given. Choose a photo such as a JPEG or PNG file.
photos-left-out = { $count ->
    [one] One file is no photo and was left out.
   *[other] { $count } files are no photos and were left out.
}
photos-from-web = This is only an address on the web, and Hearsight does not use the network. Copy the picture there (in its menu: Copy image) and paste it here.
stopped-describing = Stopped. { $key } describes the photo again.
known-already = This photo was described before.

# Other sentences.
sentence-position = { $at } of { $count }.
sentence-position-line = Sentence { $at } of { $count }.
sentences-looking = Looking for other sentences…
sentences-last = { $count ->
    [1] The model has no other sentence for this photo.
   *[other] This is the last of { $count } sentences.
}
sentences-first = { $count ->
    [1] The model has no other sentence for this photo.
   *[other] This is the first of { $count } sentences, the best one.
}
guess-shown-already = No guess is held back.

# The screen of recent descriptions.
recent-keep = Keep recent descriptions, as text on this computer
recent-none = There are no recent descriptions.
recent-choose = Up and Down choose, Enter opens the photo again.
recent-row = { $sentence } { $name }, { $when }
recent-older = Older
recent-newer = Newer
recent-page = { $from } to { $to } of { $count }
recent-clear = Forget all
recent-clear-question = { $count ->
    [one] Forget the one recent description? It cannot be brought back.
   *[other] Forget all { $count } recent descriptions? They cannot be brought back.
}
recent-clear-yes = Yes, forget all
recent-clear-no = No, keep them
recent-cleared = The recent descriptions are forgotten.
recent-photo-gone = { $name }: { $reason } Its description is shown all the same.
recent-now = just now
recent-minutes = { $count ->
    [one] 1 minute ago
   *[other] { $count } minutes ago
}
recent-hours = { $count ->
    [one] 1 hour ago
   *[other] { $count } hours ago
}
recent-days = { $count ->
    [one] yesterday
   *[other] { $count } days ago
}
