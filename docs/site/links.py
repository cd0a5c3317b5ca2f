"""Checks every link of the built site that leads to a file of it: ``links.py FOLDER``."""

import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

GENERATED = {"genindex.html", "py-modindex.html", "search.html"}


def broken(folder: Path) -> list[str]:
    """Return what is wrong, a line per link."""
    folder = folder.resolve()
    pages = {
        path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in sorted(folder.rglob("*.html"))
    }
    places = {p: {t["id"] for t in s.find_all(id=True)} for p, s in pages.items()}
    found = []
    for page, soup in pages.items():
        for tag in soup.find_all(["a", "img", "link", "script"]):
            link = urlsplit(tag.get("href") or tag.get("src") or "")
            if link.scheme or link.netloc or not (link.path or link.fragment):
                continue
            target = (page.parent / unquote(link.path)).resolve() if link.path else page
            where = f"{page.relative_to(folder)}: {link.geturl()}"
            if not target.is_file():
                found.append(f"{where} leads nowhere")
            elif link.fragment and page.name not in GENERATED:
                if unquote(link.fragment) not in places.get(target, {unquote(link.fragment)}):
                    found.append(f"{where} has no such place")
    return found


if __name__ == "__main__":
    faults = broken(Path(sys.argv[1]))
    print("\n".join(faults) or "all links within the site lead somewhere")
    sys.exit(bool(faults))
