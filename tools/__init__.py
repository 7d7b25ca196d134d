"""What tests and `make pictures` share: a dashboard of their own, a browser, and a look at every page."""
