"""What an administrator writes: the three kinds of document, as people call them. Pure."""

FORM, FRAGMENT, CODE_LIST = "form", "fragment", "code list"
