# Why a picture could not be read: what could not be done, why, and what to do.

photo-missing = There is no such file. It may have been moved or renamed: choose the photo again.
photo-is-folder = This is a folder, not a picture. Choose a photo inside it.
photo-is-no-file = This is not an ordinary file, so it cannot be read as a picture. Choose a photo.
photo-forbidden = This file may not be read: the permission is missing. Change its permissions or choose another photo.
photo-unreadable = This file cannot be read: { $reason }. Check that its disk or card is still connected, then try again.
photo-empty = This file is empty. Try to download or copy it again.
photo-file-too-large = This file is larger than { $megabytes } megabytes, too large for a picture. Choose a smaller one.
photo-no-picture = This file is no picture, whatever its name says. Choose a photo such as a JPEG or PNG file.
photo-unsupported = This is a picture of the format { $format }, which cannot be read here. Save it as JPEG or PNG and open that.
photo-unsupported-kind = This is a picture of a special kind of { $format }, which cannot be read here. Save it as JPEG or PNG and open that.
photo-too-many-pixels = This picture is too large: up to { $megapixels } megapixels can be read. Make a smaller copy and open that.
photo-too-much-memory = This picture is too large: reading it would take more than { $megabytes } megabytes of memory. Make a smaller copy and open that.
photo-ends-early = This file ends too early to be a whole picture. Try to download or copy it again.
photo-damaged = This picture is damaged and cannot be shown. Try to download or copy it again.
