"""`python -m waada.words export DIR` writes the catalogues as JSON for the desk and the chat window.

One file per language and domain, in ASCII, such as `customer.ar.json`; the bundles choose plural forms with
Intl.PluralRules, whose categories are the keys of every text that counts.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from waada.words.catalogues import DOMAINS, LANGUAGES, catalogue


def export(folder: Path) -> tuple[Path, ...]:
    """Write every catalogue into `folder` (made if missing); returns the files. Unchanged ones are left untouched."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for domain in DOMAINS:
        for language in LANGUAGES:
            path = folder / f"{domain}.{language}.json"
            text = json.dumps(catalogue(language, domain), indent=1, sort_keys=True) + "\n"
            if not path.exists() or path.read_text(encoding="ascii") != text:
                path.write_text(text, encoding="ascii")
            written.append(path)
    return tuple(written)


def main(arguments: list[str]) -> int:
    """Run the command; returns the exit status."""
    match arguments:
        case ["export", folder]:
            written = export(Path(folder))
            sys.stdout.write(f"{len(written)} catalogues are in {folder}\n")
            return 0
        case _:
            sys.stderr.write("Write: python -m waada.words export DIR\n")
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
