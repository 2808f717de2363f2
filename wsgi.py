"""The web application, for gunicorn, flask and `python wsgi.py`.

`platform/` is a source root: it is put on the path here, and never holds an `__init__.py`, since a
package of that name would hide the standard library's module from everything that imports it.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
for folder in (str(ROOT / "platform"), str(ROOT)):
    if folder not in sys.path:
        sys.path.insert(0, folder)

from virtual_return.app import create_app  # noqa: E402

app = create_app()

if __name__ == "__main__":
    app.run(port=app.extensions["services"].settings.port)
