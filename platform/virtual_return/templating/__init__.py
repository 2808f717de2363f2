"""What every template can use: filters, navigation, assets; undefined names raise."""

from __future__ import annotations

from typing import Any

from flask import Flask, request, url_for
from jinja2 import StrictUndefined

from virtual_return import i18n
from virtual_return.config import LOCALES
from virtual_return.templating import filters
from virtual_return.templating.assets import Assets
from virtual_return.templating.labels import label
from virtual_return.templating.marking import marked
from virtual_return.templating.navigation import (
    is_signed_in,
    link_if_served,
    navigation,
    programme_name,
)


def install(app: Flask) -> None:
    """Teach the template environment our words."""
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = True
    environment.lstrip_blocks = True
    environment.add_extension("jinja2.ext.do")
    environment.globals.update(
        comma=filters.comma,
        asset=Assets(app).url,
        locale_code=i18n.locale_code,
        text_direction=i18n.text_direction,
        marked=marked,
        site_languages=i18n.LANGUAGES,
        alternates=alternates,
        navigation=navigation,
        is_signed_in=is_signed_in,
        link_if_served=link_if_served,
        programme_name=programme_name,
    )
    environment.globals.setdefault("csrf_token", lambda: "")
    environment.filters.update(
        coarse=filters.coarse_time,
        colon=filters.colon,
        country=filters.country,
        day=filters.day,
        days_left=filters.days_left,
        either=filters.either,
        field_of_study=filters.field_of_study,
        joined=filters.joined,
        commas=filters.commas,
        label=label,
        language=filters.language,
        moment=filters.moment,
        money=filters.money,
        number=filters.number,
        paragraphs=filters.paragraphs,
        years=filters.years,
    )


def alternates() -> list[tuple[str, str]]:
    """Return (language, address) of this page in each language, for pages that can be linked."""
    if request.method != "GET" or not request.endpoint:
        return []
    values: dict[str, Any] = {**(request.view_args or {}), **request.args.to_dict()}
    return [
        (code, url_for(request.endpoint, **{**values, "lang": code, "_external": True}))
        for code in LOCALES
    ]
