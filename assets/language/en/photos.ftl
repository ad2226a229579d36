# The list of photos, recent descriptions, alternatives, agreement and doubt.
