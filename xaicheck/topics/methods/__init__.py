"""Methods: every way to compare, and the catalogue of everything."""

from xaicheck.web import Page

PAGE = Page("methods", "Methods", ":material/menu_book:")
