"""Calls of the tools of `commerce mcp`, as an assistant makes them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from mcp import Client

from commerce_exterieur.mcp_server.tools import make_server

#: What any query of these tests may take, on a busy machine too.
PATIENT = 300.0


def call(file: Path, tool: str, *, seconds: float = PATIENT, **arguments: Any) -> Any:
    """The answer of a tool, or the text of its refusal."""

    async def ask() -> Any:
        async with Client(make_server(file, seconds)) as client:
            return await client.call_tool(tool, arguments)

    result = asyncio.run(ask())
    (content,) = result.content
    if result.is_error:
        assert "Traceback" not in content.text
        assert "\n" not in content.text
        return content.text
    # Assistants that know no structure read the same as a text.
    assert json.loads(content.text) == result.structured_content
    return result.structured_content
