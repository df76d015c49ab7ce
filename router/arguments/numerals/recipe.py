"""Makes `units/*.json` from the Unicode CLDR, which the package `babel` carries.

Run it as `python -m router.arguments.numerals.recipe`; the files were made with babel 2.18.

Words that people use and CLDR does not have, such as "quid", are in `languages/*.json`, by hand.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from router.arguments.numerals.lexicon import LANGUAGES

UNITS = (
    "length-kilometer", "length-meter", "length-centimeter", "length-millimeter", "length-mile", "length-yard",
    "length-foot", "length-inch", "mass-kilogram", "mass-gram", "mass-milligram", "mass-pound", "mass-ounce",
    "mass-tonne", "mass-stone", "volume-liter", "volume-deciliter", "volume-centiliter", "volume-milliliter",
    "volume-cup", "volume-tablespoon", "volume-teaspoon", "volume-gallon", "volume-quart", "volume-pint",
    "volume-fluid-ounce", "temperature-celsius", "temperature-fahrenheit", "temperature-kelvin", "angle-degree",
    "speed-kilometer-per-hour", "speed-mile-per-hour", "speed-meter-per-second", "digital-bit", "digital-byte",
    "digital-kilobyte", "digital-megabyte", "digital-gigabyte", "digital-terabyte", "power-watt", "power-kilowatt",
    "energy-kilowatt-hour", "energy-kilocalorie", "energy-calorie", "energy-joule", "area-square-meter",
    "area-square-kilometer", "area-hectare", "area-acre", "electric-volt", "electric-ampere", "frequency-hertz",
    "frequency-kilohertz", "frequency-megahertz", "frequency-gigahertz", "pressure-bar", "pressure-hectopascal",
)  # fmt: skip
CURRENCIES = (
    "EUR", "USD", "GBP", "JPY", "CHF", "CAD", "AUD", "NZD", "CNY", "INR", "BRL", "MXN", "ARS", "CLP", "COP", "PEN",
    "SEK", "NOK", "DKK", "ISK", "PLN", "CZK", "HUF", "RON", "BGN", "TRY", "RUB", "UAH", "ZAR", "KRW", "SGD", "HKD",
    "TWD", "THB", "IDR", "ILS", "AED", "SAR", "EGP", "PHP", "VND", "MYR", "KES", "NGN",
)  # fmt: skip


def words(language: str) -> dict[str, list[str]]:
    """Return what each unit and currency is called in a language, in all its plurals."""
    from babel import Locale

    locale: Any = Locale(language)
    found: dict[str, list[str]] = {}
    for unit in UNITS:
        patterns = dict(locale._data["unit_patterns"].get(unit, {}).get("long", {}))
        patterns.pop("per", None)
        names = {said.replace("{0}", "").strip() for said in _texts(patterns)}
        found[unit.split("-", 1)[1]] = sorted(names - {""})
    for code in CURRENCIES:
        names = {locale.currencies.get(code, code), *_texts(locale._data["currency_names_plural"].get(code, {})), code}
        found[code] = sorted(names)
    return {unit: names for unit, names in found.items() if names}


def _texts(patterns: Any) -> list[str]:
    return [text for text in dict(patterns).values() if isinstance(text, str)]


def main() -> None:
    """Write the file of each language."""
    folder = Path(__file__).parent / "units"
    folder.mkdir(exist_ok=True)
    for language in LANGUAGES:
        text = json.dumps(words(language), ensure_ascii=False, indent=1)
        (folder / f"{language}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
