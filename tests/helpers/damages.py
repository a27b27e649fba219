"""Ways to damage a text of customs lines, each a function of chance and of good lines.

`DAMAGES` has them by name.
"""

from __future__ import annotations

import random
from collections.abc import Callable

BOM = b"\xef\xbb\xbf"
#: What a random byte is drawn from: each of them breaks some reader.
STRANGE = (
    b"0123456789\x00\x01\t\x0b\x0c\r\n\x1a\x1b \"';,\\|#\x7f\x80\x85\x9f\xa0\xc9\xff"
)

Lines = list[bytes]
Damage = Callable[[random.Random, Lines], bytes]
DAMAGES: dict[str, Damage] = {}


def damage(function: Damage) -> Damage:
    DAMAGES[function.__name__] = function
    return function


def line(rng: random.Random, flow: str) -> bytes:
    """One good line of a flow, `E` or `I`."""
    codes = rng.choice(
        ["52;13;C24C;2451;DE", "9A;24;A01Z;0111;QS", "ZZ;99;Z99Z;9999;ZY"]
    )
    numbers = f"{rng.randrange(10**9)};{rng.randrange(10**6)}"
    period = f"{rng.randint(1, 4)};{rng.choice([2023, 2024])}"
    return f"{flow};{period};{codes};{numbers}".encode()


def whole(lines: Lines, end: bytes = b"\n") -> bytes:
    return b"".join(one + end for one in lines)


def put(rng: random.Random, content: bytes, these: bytes, drop: int = 0) -> bytes:
    """Put bytes somewhere, in the place of `drop` others."""
    place = rng.randrange(len(content))
    return content[:place] + these + content[place + drop :]


def some_fields(
    rng: random.Random, lines: Lines, change: Callable[[bytes], bytes], first: int = 0
) -> bytes:
    """Change one field, not before the one numbered `first`, of some lines."""
    damaged = []
    for one in lines:
        fields = one.split(b";")
        place = rng.randint(first, 9)
        fields[place] = change(fields[place])
        damaged.append(b";".join(fields) if rng.random() < 0.6 else one)
    return whole(damaged)


# The file is cut, or bytes of it are others


@damage
def truncated(rng: random.Random, lines: Lines) -> bytes:
    content = whole(lines, rng.choice([b"\n", b"\r\n"]))
    return content[: rng.randrange(1, len(content))]


@damage
def beginning_lost(rng: random.Random, lines: Lines) -> bytes:
    return whole(lines)[rng.randrange(1, 60) :]


@damage
def bytes_inserted(rng: random.Random, lines: Lines) -> bytes:
    content = whole(lines)
    for _ in range(rng.randint(1, 4)):
        content = put(rng, content, bytes(rng.choices(STRANGE, k=2)))
    return content


@damage
def bytes_replaced(rng: random.Random, lines: Lines) -> bytes:
    content = whole(lines)
    for _ in range(rng.randint(1, 4)):
        content = put(rng, content, bytes(rng.choices(STRANGE, k=1)), drop=1)
    return content


@damage
def bytes_lost(rng: random.Random, lines: Lines) -> bytes:
    return put(rng, whole(lines), b"", drop=rng.randint(1, 50))


@damage
def any_byte_anywhere(rng: random.Random, lines: Lines) -> bytes:
    return put(rng, whole(lines), rng.randbytes(rng.randint(1, 5)))


@damage
def nul_bytes(rng: random.Random, lines: Lines) -> bytes:
    return put(rng, whole(lines), b"\x00" * rng.choice([1, 2, 4096]))


@damage
def control_characters(rng: random.Random, lines: Lines) -> bytes:
    return put(rng, whole(lines), bytes([rng.choice([1, 8, 27, 26, 127])]))


@damage
def high_bytes(rng: random.Random, lines: Lines) -> bytes:
    return put(rng, whole(lines), bytes([rng.randint(0x80, 0xFF)]), drop=1)


@damage
def ends_with_control_z(rng: random.Random, lines: Lines) -> bytes:
    return whole(lines) + b"\x1a" + b"\n" * rng.randint(0, 1)


@damage
def another_kind_of_file(rng: random.Random, lines: Lines) -> bytes:
    return rng.choice(
        [
            b"<!DOCTYPE html>\n<html><body>404</body></html>\n",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + rng.randbytes(3000),
            rng.randbytes(4000),
            b'{"error": "not found"}',
        ]
    ) + whole(lines)


# Encodings


@damage
def byte_order_mark(rng: random.Random, lines: Lines) -> bytes:
    strange = rng.choice([b"", b"\xff\n"])
    return BOM + whole(lines, rng.choice([b"\n", b"\r\n"])) + strange


@damage
def byte_order_marks(rng: random.Random, lines: Lines) -> bytes:
    return BOM * 2 + whole(lines)


@damage
def byte_order_mark_inside(rng: random.Random, lines: Lines) -> bytes:
    return whole(lines[:2]) + BOM + whole(lines[2:])


@damage
def half_a_byte_order_mark(rng: random.Random, lines: Lines) -> bytes:
    return BOM[: rng.randint(1, 2)] + whole(lines)


@damage
def utf_16(rng: random.Random, lines: Lines) -> bytes:
    encoding = rng.choice(["utf-16", "utf-16-le", "utf-16-be"])
    return whole(lines).decode().encode(encoding)


@damage
def utf_32(rng: random.Random, lines: Lines) -> bytes:
    return whole(lines).decode().encode("utf-32")


@damage
def latin_1_letters(rng: random.Random, lines: Lines) -> bytes:
    return some_fields(rng, lines, lambda field: "Été".encode("latin-1") + field)


@damage
def utf_8_letters(rng: random.Random, lines: Lines) -> bytes:
    letter = rng.choice(["É", "\u00a0", "\u202f", "𝟙", "\u200b"]).encode()
    return some_fields(rng, lines, lambda field: field[1:] + letter)


@damage
def line_ends_of_unicode(rng: random.Random, lines: Lines) -> bytes:
    ends = ["\u2028", "\u0085", "\v", "\f", "\x1c", "\x1e"]
    return whole(lines[:3], rng.choice(ends).encode()) + whole(lines[3:])


# Line ends


@damage
def line_ends_of_windows(rng: random.Random, lines: Lines) -> bytes:
    return whole(lines, b"\r\n")


@damage
def line_ends_mixed(rng: random.Random, lines: Lines) -> bytes:
    ends = [b"\n", b"\r\n", b"\r", b"\r\r\n", b"\n\r", b"\n\n"]
    return b"".join(one + rng.choice(ends) for one in lines)


@damage
def line_ends_of_two_kinds(rng: random.Random, lines: Lines) -> bytes:
    return b"".join(one + rng.choice([b"\n", b"\r\n"]) for one in lines)


@damage
def line_ends_of_the_old_macintosh(rng: random.Random, lines: Lines) -> bytes:
    return whole(lines, b"\r")


@damage
def one_lone_return(rng: random.Random, lines: Lines) -> bytes:
    return put(rng, whole(lines), b"\r")


@damage
def no_final_line_end(rng: random.Random, lines: Lines) -> bytes:
    return whole(lines).removesuffix(b"\n") + rng.choice([b"", b"\r", b";", b"\\"])


@damage
def blank_lines(rng: random.Random, lines: Lines) -> bytes:
    blanks = [b"", b" ", b"   ", b"\t", b"\r", b"\xa0"]
    end = rng.choice([b"\n", b"\r\n"])
    return end.join(part for one in lines for part in (one, rng.choice(blanks))) + end


@damage
def only_line_ends(rng: random.Random, lines: Lines) -> bytes:
    return rng.choice([b"\n", b"\r\n", b"\r", b"\n\r"]) * rng.randint(1, 9)


# Sizes


@damage
def empty(rng: random.Random, lines: Lines) -> bytes:
    return b""


@damage
def one_byte(rng: random.Random, lines: Lines) -> bytes:
    return bytes([rng.choice(b'\n\r\x00 E;\xef\xff\x01\\"')])


@damage
def endless_line(rng: random.Random, lines: Lines) -> bytes:
    size = rng.choice([999_999, 1_000_001, 2_100_000, 3_000_000])
    return whole([*lines, b"E;1;" + b"7" * size, *lines])


@damage
def very_many_fields(rng: random.Random, lines: Lines) -> bytes:
    return whole([*lines, b";".join([b"1"] * 20_000), *lines])


@damage
def many_lines(rng: random.Random, lines: Lines) -> bytes:
    """Several scans at once, were it read in parallel; a bad line here and there."""
    many = rng.choices(lines, k=20_000)
    for _ in range(20):
        many[rng.randrange(len(many))] = rng.choice([b"", b"x", b"E;1;2024;52"])
    return whole(many, rng.choice([b"\n", b"\r\n"]))


# Fields


@damage
def delimiters_doubled(rng: random.Random, lines: Lines) -> bytes:
    return put(rng, whole(lines), b";" * rng.randint(1, 3))


@damage
def delimiters_at_the_ends(rng: random.Random, lines: Lines) -> bytes:
    return whole([rng.choice([one, one + b";", b";" + one]) for one in lines])


@damage
def delimiters_of_another_kind(rng: random.Random, lines: Lines) -> bytes:
    other = rng.choice([b",", b"\t", b"|", b"\x01", b"\xc2\xbb"])
    return whole([rng.choice([one, one.replace(b";", other)]) for one in lines])


@damage
def delimiters_only(rng: random.Random, lines: Lines) -> bytes:
    return whole([b";" * rng.choice([1, 8, 9, 10]) for _ in lines])


@damage
def fields_quoted(rng: random.Random, lines: Lines) -> bytes:
    quote = rng.choice([b'"', b"'", b'""'])
    return some_fields(rng, lines, lambda field: quote + field + quote)


@damage
def fields_quoted_with_a_line_end(rng: random.Random, lines: Lines) -> bytes:
    return some_fields(rng, lines, lambda field: b'"' + field + b'\n"')


@damage
def one_quote(rng: random.Random, lines: Lines) -> bytes:
    return put(rng, whole(lines), rng.choice([b'"', b"'", b"`", b'\\"']))


@damage
def backslashes(rng: random.Random, lines: Lines) -> bytes:
    written = [rb"\n", rb"\x0A", rb"\x0D", rb"\x22", rb"\;", b"\\", rb"\xEF\xBB\xBF"]
    content = put(rng, whole(lines), rng.choice(written))
    return content if rng.random() < 0.5 else content + rng.choice(written) + b"\xff\n"


@damage
def spaces_around(rng: random.Random, lines: Lines) -> bytes:
    return some_fields(rng, lines, lambda field: rng.choice([b" ", b"\t"]) + field)


@damage
def fields_empty(rng: random.Random, lines: Lines) -> bytes:
    return some_fields(rng, lines, lambda field: b"")


@damage
def fields_null(rng: random.Random, lines: Lines) -> bytes:
    nulls = [b"NA", b"null", b"NULL", rb"\N", b"NaN", b"-", b"#N/A", b"None"]
    return some_fields(rng, lines, lambda field: rng.choice(nulls))


@damage
def fields_in_lower_case(rng: random.Random, lines: Lines) -> bytes:
    return some_fields(rng, lines, bytes.lower)


# fmt: off
NUMBERS = [
    "1e3", "1E3", "0x10", "0b1", "1_000", "+5", "-0", "-5", "٣", "３", "²", "½", "1,5",
    "1.0", "1.", ".5", "00012", "0", "0" * 15, "9" * 15, "9" * 16,
    "9223372036854775807", "9223372036854775808", "inf", "NaN", "1\u00a0000", "5%",
    "5€", "(5)", "5-", "1'000", "12/03", "true", "=1+1", "5kg", " 5", "5 ", "1 000", "",
]
# fmt: on


@damage
def numbers_odd(rng: random.Random, lines: Lines) -> bytes:
    return some_fields(
        rng, lines * 4, lambda field: rng.choice(NUMBERS).encode(), first=8
    )


@damage
def numbers_long(rng: random.Random, lines: Lines) -> bytes:
    return some_fields(
        rng, lines, lambda field: b"9" * rng.choice([14, 15, 16, 18, 19, 40]), first=8
    )


@damage
def periods_odd(rng: random.Random, lines: Lines) -> bytes:
    periods = [b"0;2024", b"5;2024", b"T1;2024", b"1;24", b"1;1899", b"01;2024"]
    return whole([one[:2] + rng.choice(periods) + one[8:] for one in lines])


# Text around


@damage
def header_of_a_spreadsheet(rng: random.Random, lines: Lines) -> bytes:
    header = "FLUX;TRIMESTRE;ANNEE;DEPARTEMENT;REGION;A129;CPF4;PAYS;VALEUR;MASSE"
    encoding = rng.choice(["utf-8", "latin-1", "utf-8-sig"])
    extra = rng.choice(["", "sep=;\n", "Données régionales;;;;;;;;;\n"])
    return f"{extra}{header}\n".encode(encoding) + whole(lines)


@damage
def comments_and_totals(rng: random.Random, lines: Lines) -> bytes:
    return whole(
        [b"# made by hand", b"--", *lines, b"TOTAL;;;;;;;;123;45", b"(2 rows)"]
    )


@damage
def lines_twice_in_one(rng: random.Random, lines: Lines) -> bytes:
    return whole([b";".join(lines[:2]), lines[0] + lines[1], *lines])


@damage
def untouched(rng: random.Random, lines: Lines) -> bytes:
    """No damage: what is good must not be refused."""
    return whole(lines)
