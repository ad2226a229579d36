# The photo on the screen: zoom, attention, legend, grid, places.

zoom-percent = Zoom { $percent } percent.
zoom-fit = The whole photo, at { $percent } percent.
pan-place = Zoom { $percent } percent, middle of the view: { $place }.
pan-nothing = The whole photo is on the screen. Zoom in to move over it.

# Describing the part that is on the screen.
part-is-whole = The whole photo is on the screen. Zoom in first to describe a part of it.
part-at-work = Describing the part of the photo that is on the screen…
part-done = This is about the part on the screen only; Escape goes back to the whole photo.
part-left = Back to the whole photo.

# The light: where the model looked.
mode-colour = Light as colours: from dark blue, least, to yellow, most.
mode-dim = Light by dimming what was looked at less.
mode-outline = Light as a line around what was looked at most.
strength = Light at { $percent } percent.
whole-on = Light of the whole sentence: { $place }.
whole-off = Light of the whole sentence off.

# Finding where the model looked by covering parts of the photo.
cover-begun = Covering parts of the photo to find where it matters…
cover-done = Found where hiding the photo changes the words. Left and Right step through them.
cover-not-needed = It is known already where the photo matters for each word.

legend-least = least
legend-most = most looked at
legend-least-covered = least
legend-most-covered = changes the word most
legend-everywhere = The model looked all over the photo; there is no part to light.
legend-everywhere-covered = Hiding any part of the photo changes the word about as much; there is no part to light.
legend-colour = Legend: from dark blue, looked at least, to yellow, looked at most. Strength { $strength } percent.
legend-dim = Legend: bright is looked at most, dark is looked at least. Strength { $strength } percent.
legend-outline = Legend: the line goes around what was looked at most. Strength { $strength } percent.
# The same for what was found by covering parts of the photo.
legend-colour-covered = Legend: yellow is where hiding the photo changes the word most, dark blue where it does least. Strength { $strength } percent.
legend-dim-covered = Legend: bright is where hiding the photo changes the word, dark is where it does not. Strength { $strength } percent.
legend-outline-covered = Legend: the line goes around where hiding the photo changes the word most. Strength { $strength } percent.

# Places: "dog: lower left".
word-place = { $word }: { $place }
place-of-none = No word is chosen. Choose one with Left and Right first.
places-none = No word points to one part of the photo.

# Exploring with a cursor.
explore-on = Exploring, { $rows } rows and { $columns } columns. Move with the arrow keys or the pointer; P says what is here.
explore-off = Exploring ended.
explore-nothing = Nothing here
explore-cell = { $here }; { $place }
explore-place = { $place }, row { $row } of { $rows }, column { $column } of { $columns }

# The grid of all words.
review-title = { $count ->
    [one] One word and where the model looked for it
   *[other] { $count } words and where the model looked for each
}
review-title-covered = { $count ->
    [one] One word and where hiding the photo changes it
   *[other] { $count } words and where hiding the photo changes each
}
review-whole = Whole sentence
review-no-map = no map
review-remark = { $percent } %, { $place }
review-cell = { $word }, { $remark }
review-open = Review: arrow keys move over the words, Enter lights one.
review-closed = Back to the photo.
review-close = Close review

# Saving.
save-choosing = Choose where to save it in the file dialog.
save-not-chosen = Nothing was saved.
save-working = Saving…
saved = Saved as { $path }.
saved-with-json = Saved as { $path }, and as { $json }.
save-failed = The picture could not be saved: { $reason }. Check that the folder exists and has room, or choose another one.
save-nowhere = The picture could not be saved: there is no folder to put it. Open the photo from a folder that can be written to.
save-busy = The last picture is still being saved. Wait a moment and try again.
dialog-pictures = Pictures
