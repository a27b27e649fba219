"""Official files of two vintages with every kind of trouble, for both engines."""

from __future__ import annotations

from pathlib import Path

from customs_folder import put

from commerce_exterieur.simulation import command as simulation

#: Wrong in every way a line can be, among good ones.
MALFORMED = (
    b"\n"
    b"I;1;2024;52;13;C24A;2410;DE;500\n"
    b"X;1;2024;52;13;C24A;2410;DE;500;5\n"
    b"I;5;2024;52;13;C24A;2410;DE;500;5\n"
    b"I;1;3024;52;13;C24A;2410;DE;500;5\n"
    b"I;1;2024;5;13;C24A;2410;DE;500;5\r\n"
    b"I;1;2024;52;13;C24A;241;DE;500;5\n"
    b"I;1;2024;52;13;C24A;2410;DE;-5;5\n"
    b"I;1;2024;52;13;C24A;2410;DE;1.5;5\n"
    b"I;1;2024;52;13;C24A;2410;DE;9999999999999999999;5\n"
    b"I;1;2024;52;13;C24A;2410;DE;5;1e3\n"
    b'I;1;2024;52;13;C24A;2410;"DE;500;5\n'
    b"I;1;2024;52;13;C24A;2410;IT;600;6\n"
    b"   \n"
)
#: Bytes that are no plain characters, each in a line of its own.
STRANGE = (
    b"I;1;2024;52;13;C24A;2410;D\xc9;500;5\n"
    b"I;1;2024;52;13;C24A;2410;DE;500;5\r;\n"
    b"I;1;2024;52;13;C24A;2410;D\\;500;5\n"
    b"I;1;2024;52;13;C24A;2410;D';500;5\n"
    b"I;1;2024;52;13;C24A;2410;D\x00;500;5\n"
    b"\xc3\xa9t\xc3\xa9\r\n"
    b"I;1;2024;52;13;C24A;2410;DE;700;7\r\n"
)
UNKNOWN = (
    b"E;2;2024;9Z;99;Z98Z;9998;Y1;7000;0\n"
    b"E;2;2024;9Z;99;Z98Z;9998;Y1;3000;0\n"  # a repeated key
    b"E;2;2024;20;94;C11Z;1102;FR;40;4"  # no line end
)
LINE = b"E;1;%b;52;13;C24A;2410;DE;9;0\n"
HEADER = b"FLUX;TRIMESTRE;ANNEE;DEPARTEMENT;REGION;A129;CPF4;PAYS;VALEUR;MASSE\r\n"
LABELS = {
    "Libelle_PAYS.txt": (
        "DE;Allemagne;199901;999912\r\nFR;France;199901;999912\r\n"
        "Y1;Nouvelle «  île »;202401;999912\r\nBE;Belgique;;\r\n"
    ).encode(),
    "Libelle_A129.txt": (
        "\ufeffZ98Z;Activité d’un nom qui est bien trop long;200901;999912\r\n"
        "C24C;  produits  de FONDERIE ;200901;999912\r\n"
    ).encode(),
}


def official_files(customs: Path) -> None:
    """Write them: simulated lines, and trouble in the files of the newer vintage."""
    for vintage, years in (("2024-11", ["2023", "2024"]), ("2025-02", ["2024"])):
        arguments = ["--out", str(customs), "--vintage", vintage, "--years", *years]
        arguments += ["--import-lines", "6000", "--export-lines", "6000"]
        simulation.main(arguments)
        # It says what the files are, which they will no longer be.
        (customs / vintage / "manifest.json").unlink()
    newer = customs / "2025-02"
    _add(newer, "import", MALFORMED)
    _add(newer, "export", UNKNOWN)
    older = customs / "2024-11"
    put(older / "Region_2022_Import.txt", HEADER + STRANGE.replace(b"2024", b"2022"))
    put(older / "Region_2022_Export.txt", LINE % b"2022")
    for name, content in LABELS.items():
        put(newer / name, content)


def changed_later(customs: Path) -> None:
    """Change one file, add one, and take one away."""
    _add(customs / "2025-02", "export", b"\nE;3;2024;52;13;C24A;2410;US;123456;7\n")
    (customs / "2024-11" / "Region_2022_Export.txt").unlink()
    put(customs / "2025-02" / "Region_2021_Export.txt", LINE % b"2021")


def _add(folder: Path, word: str, content: bytes) -> None:
    (file,) = [path for path in folder.iterdir() if word in path.name.lower()]
    file.write_bytes(file.read_bytes() + content)
