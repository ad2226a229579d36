# What keys are called where their sign would not be read out; letters, digits and F1 to F12 are called as they are.

key-space = Space
key-escape = Escape
key-tab = Tab
key-enter = Enter
key-up = Up
key-down = Down
key-left = Left
key-right = Right
key-page-up = PageUp
key-page-down = PageDown
key-home = Home
key-end = End
key-plus = Plus
key-minus = Minus
key-comma = Comma
key-period = Period
key-open-bracket = [
key-close-bracket = ]
