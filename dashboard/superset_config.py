"""Settings of Superset for the dashboard: on this machine, and for it alone.

`server.py` names the folder of the metadata database (`SUPERSET_HOME`), with the secret
key in it.
"""

from __future__ import annotations

import os
import runpy
from pathlib import Path
from typing import Any

_HOME = Path(os.environ["SUPERSET_HOME"])
_THEME = runpy.run_path(
    str(Path(__file__).parents[1] / "src/commerce_exterieur/charts/theme.py")
)

SECRET_KEY = (_HOME / "secret_key").read_text("utf-8")
SQLALCHEMY_DATABASE_URI = f"sqlite:///{_HOME / 'superset.db'}?check_same_thread=false"
# Behind no proxy, and read over plain http on loopback.
TALISMAN_ENABLED = True
# Superset's own policy lets pages load a pixel that counts its users, map tiles and
# fonts. Here a page may load what this server gives, and nothing else.
TALISMAN_CONFIG: dict[str, Any] = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'", "data:"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}

BABEL_DEFAULT_LOCALE = "fr"
LANGUAGES = {
    "fr": {"flag": "fr", "name": "Français"},
    "en": {"flag": "gb", "name": "English"},
}
D3_FORMAT = {
    "decimal": ",",
    "thousands": "\u202f",
    "grouping": [3],
    "currency": ["", "\u00a0€"],
    "percent": "\u202f%",
    "minus": "\u2212",
}

EXTRA_CATEGORICAL_COLOR_SCHEMES = [
    {
        "id": name,
        "label": name.replace("_", " "),
        "description": "",
        "isDefault": name == "commerce_flows",
        "colors": [_THEME[color] for color in colors],
    }
    for name, colors in (
        ("commerce_flows", ("EXPORT", "IMPORT", "SURPLUS", "DEFICIT", "NODE_OTHER")),
        ("commerce_ink", ("NODE", "NODE_OTHER", "RIBBON")),
    )
]
EXTRA_SEQUENTIAL_COLOR_SCHEMES = [
    {
        "id": "commerce_blue",
        "label": "commerce_exterieur",
        "description": "",
        "isDiverging": False,
        "isDefault": True,
        # By the square root of the value: a few departments sell most.
        "colors": [
            _THEME["mix"](_THEME["CALM"], _THEME["NODE"], (step / 8) ** 0.5)
            for step in range(9)
        ],
    }
]
# One look, the one the colours were chosen for.
THEME_DARK = None
