# Why nothing is heard.
