# The list of photos, recent descriptions, alternatives, agreement and doubt.

# In the place of a sentence with hardly any confidence, and of one about a picture with nothing to see in it.
doubt-cannot-tell = I cannot tell what is in this photo. Press { $key } for a guess that is probably wrong.
no-clear-picture = I see no clear picture here.

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
