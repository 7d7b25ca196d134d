"""The lesson: steps with questions whose answers come from computed numbers."""

from xaicheck.web import Page

PAGE = Page("lesson", "Lesson", ":material/school:", ("step",))
