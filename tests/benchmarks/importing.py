"""How long a large spreadsheet takes to import, and what the catalogue adds to loading.

Run by hand: `python -m tests.benchmarks.importing [ROWS]` (100,000 rows by default). The rows are of the kind that
`valuechain import --example` writes: legal forms, decimal commas, units in cells; every maker has its own name, and
every third product text is spelt in a way that no other row has. Cost grows with the number of distinct texts.
"""

import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FORMS = ("ТОО", "АО", "ЖШС", "ИП", "LLP")
TEXTS = (
    "Алюминий первичный", "Глинозём", "Прокат арматурный А500С", "Мука пшеничная высшего сорта", "Молоко сырое",
    "Щебень фракции 5-20", "Цемент М400", "Катанка алюминиевая", "Феррохром высокоуглеродистый", "Кокс доменный",
    "Сүт", "Бидай ұны", "Hot rolled coil", "Polypropylene", "Мебель корпусная", "Бензин АИ-92",
)  # fmt: skip


def sheet(rows: int, path: Path) -> None:
    """Write the spreadsheet."""
    chance = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        file.write("Наименование предприятия;Район;Продукция;Объём, тыс. тонн;Экспорт, %\n")
        for number in range(rows):
            text = chance.choice(TEXTS) + (f" марка {number}" if number % 3 == 0 else "")
            amount = f"{chance.uniform(0.1, 500):.2f}".replace(".", ",")
            name = f"{chance.choice(FORMS)} «Завод {number}»"
            file.write(f"{name};Район {number % 60};{text};{amount};{number % 101}\n")


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "plants.csv"
        sheet(rows, source)
        words = [source, "-o", Path(folder) / "plants", "--region", "Область", "--year", "2023"]
        start = time.perf_counter()
        command = [sys.executable, "-c", "from api.cli import main; main()", "import", *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"import of {rows:,} rows: {seconds:.1f} s, {peak:,.0f} MB at most, exit {done.returncode}")
    for catalogue in ("true", "false"):
        with tempfile.TemporaryDirectory() as folder:
            _small(Path(folder), catalogue)
            code = (
                "import time; from api.light import without_pandas; without_pandas(); from loaders import load; "
                f"t = time.perf_counter(); load({folder!r}); print(time.perf_counter() - t)"
            )
            found = [
                float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
                for _ in range(5)
            ]
            print(
                f"load of a small dataset, catalogue = {catalogue}: {sorted(found)[2]:.3f} s (median of five)"
            )


def _small(folder: Path, catalogue: str) -> None:
    (folder / "dataset.toml").write_text(f"base_year = 2022\ncatalogue = {catalogue}\n")
    (folder / "products.csv").write_text("product_id,name,stage,unit\nx1,X,1,t\n")
    (folder / "enterprises.csv").write_text("enterprise_id,name\nmill,Mill\n")
    (folder / "production.csv").write_text("enterprise_id,product_id,year,output,unit\nmill,x1,2022,5,t\n")


if __name__ == "__main__":
    main()
