# Many photos, described into files: what is wrong, how far it is, and what stands in an album.

# Folders and lists.
folder-forbidden = This folder may not be read: the permission is missing. Change its permissions, or leave it out.
folder-missing = There is no such folder or file. It may have been moved or renamed.
folder-unreadable = This folder cannot be read: { $reason }. Check that its disk or card is still connected, then try again.
list-no-path = This line names no photo. Write the path, or an object with a "path".
folder-links = { $count ->
    [one] One link to another folder was not followed. Name that folder too if its photos are meant.
   *[other] { $count } links to other folders were not followed. Name those folders too if their photos are meant.
}

# The files that are written.
folder-format = { $path } ends with none of .html, .csv and .jsonl, so that nobody knows what to write. Choose one of these.
folder-not-ours = { $path } is there already and was not written by this job, or was changed since, so it is left as it is. Move it elsewhere, or choose another name.
folder-busy = { $path } is in use: another Hearsight is describing into the same files. Wait until it has finished, or choose other names.
folder-disk = { $path } cannot be read or written: { $reason }. Check that its folder exists, has room and may be written to; what was described is kept.
folder-cancelled = Cancelled. What was described is kept: the same job goes on from there.

# How far it is: "1200 of 5000 photos. 3 failed. about 2 hours left."
folder-found = Looking for photos: { $count } so far…
folder-begins = { $count ->
    [0] There is no photo.
    [one] One photo.
   *[other] { $count } photos.
}
folder-so-far = { $done } of { $total } photos.
folder-so-many = { $done ->
    [one] One photo.
   *[other] { $done } photos.
}
folder-failed = { $count ->
    [one] One failed.
   *[other] { $count } failed.
}
folder-left = { $time } left.
folder-left-moment = less than a minute
folder-left-minutes = { $count ->
    [one] about 1 minute
   *[other] about { $count } minutes
}
folder-left-hours = { $count ->
    [one] about 1 hour
   *[other] about { $count } hours
}
folder-left-days = { $count ->
    [one] about 1 day
   *[other] about { $count } days
}
folder-failed-more = { $count ->
    [one] One more photo failed; the files that were written name it.
   *[other] { $count } more photos failed; the files that were written name them.
}
folder-summary = { $described ->
    [0] No new photo was described
    [one] One photo was described
   *[other] { $described } photos were described
}, { $known ->
    [0] none was known already
    [one] one was known already
   *[other] { $known } were known already
}, { $failed ->
    [0] none failed.
    [one] one failed.
   *[other] { $failed } failed.
}
folder-written = Written: { $path }

# The album, a web page.
album-title = Photos of { $name }
album-title-plain = Photos
album-title-page = { $title }, page { $page }
album-made = The sentences were written by a machine, which can be wrong, unless something else is said of them.
album-skip = Skip to the photos
album-pages = Pages
album-pages-again = Pages, after the photos
album-previous = Previous page
album-next = Next page
album-failed = Not described: { $reason }

# The sheet in the window.
folder-sheet-about = Describes all photos of a folder and of the folders in it, and writes the sentences into files. What was described before is not described again.
folder-sheet-folder = Folder:
folder-sheet-choose = Choose the folder
folder-sheet-place = Name of the files, without ending:
folder-sheet-album = Album of web pages (.html)
folder-sheet-table = Table for spreadsheets (.csv)
folder-sheet-lines = Lines for programs (.jsonl)
folder-sheet-start = Describe all photos
folder-sheet-begins = Looking for photos…
folder-sheet-pause = Pause
folder-sheet-go-on = Go on
folder-sheet-paused = Paused.
folder-sheet-cancel = Cancel the job
folder-sheet-stays = Close this sheet as you like: the job goes on, and waits while you have another photo described.
folder-sheet-no-folder = Type the path of a folder first, or choose one.
folder-sheet-no-place = Type what the files are to be called.
folder-sheet-no-format = Choose at least one kind of file.
folder-sheet-no-dialog = This system offers no dialog for folders. Type the path of the folder.
