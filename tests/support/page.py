"""What a page is made of, as far as tests ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(
    "area base br col embed hr img input link meta source track wbr".split()  # noqa: SIM905
)
CONTROLS = frozenset({"input", "select", "textarea", "button"})


@dataclass(eq=False)
class Element:
    """A tag with what is inside it."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text inside, with single spaces."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in {"script", "style", "template"}:
                yield from child._texts()

    def walk(self) -> Iterator[Element]:
        """Every element inside, in order."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    def all(self, *tags: str, **attributes: str) -> list[Element]:
        """Return elements of these tags that carry these attributes (class_ means one class)."""
        return [item for item in self.walk() if item.tag in tags and item.fits(attributes)]

    def one(self, *tags: str, **attributes: str) -> Element:
        """Return the only such element."""
        found = self.all(*tags, **attributes)
        assert len(found) == 1, f"{len(found)} of {tags} {attributes} instead of one"
        return found[0]

    def fits(self, wanted: dict[str, str]) -> bool:
        for name, value in wanted.items():
            if name == "class_":
                if value not in self.attributes.get("class", "").split():
                    return False
            elif self.attributes.get(name.replace("_", "-")) != value:
                return False
        return True


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#document", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == tag:
                del self._open[depth:]
                return

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def parse(html: str) -> Element:
    """Return the document as a tree."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


def form_values(form: Element) -> dict[str, list[str]]:
    """Return what a browser would send if nothing were changed."""
    values: dict[str, list[str]] = {}
    for control in form.all(*CONTROLS):
        name = control.attributes.get("name")
        if name and "disabled" not in control.attributes:
            for value in _sent(control):
                values.setdefault(name, []).append(value)
    return values


def _sent(control: Element) -> list[str]:
    attributes, kind = control.attributes, control.attributes.get("type", "text")
    if control.tag == "button" or kind in {"submit", "image", "button", "file", "reset"}:
        return []
    if control.tag == "textarea":
        return ["".join(child for child in control.children if isinstance(child, str))]
    if control.tag == "select":
        options = control.all("option")
        chosen = [item for item in options if "selected" in item.attributes]
        if not chosen and "multiple" not in attributes:
            chosen = options[:1]
        return [item.attributes.get("value", item.text) for item in chosen]
    if kind in {"checkbox", "radio"}:
        return [attributes.get("value", "on")] if "checked" in attributes else []
    return [attributes.get("value", "")]
