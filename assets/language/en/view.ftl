# The photo on the screen: zoom, attention, legend, grid, places.
