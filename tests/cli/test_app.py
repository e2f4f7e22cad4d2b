import io
import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml

from laadplan import errors
from laadplan.config.project import make_project
from laadplan.contracts.dictionary import all_contracts
from laadplan.contracts.quality import Quality
from laadplan.errors import EXIT_CODES, LaadplanError
from laadplan.store.projects import read_project

COMMANDS = ("run", "assess", "check", "init", "demo", "columns", "dossier")
LITTLE = {"schema": 1, "name": "ede"}
HEAVY = (
    "geopandas",
    "pandas",
    "numpy",
    "pyproj",
    "shapely",
    "pyogrio",
    "pandera",
    "pulp",
    "folium",
    "matplotlib",
    "typst",
    "lxml",
)
STEPS = [{"status": "executed"}, {"status": "reused"}]
MANIFEST = {"solution": None, "executed": ["trees"], "steps": STEPS, "findings": []}


def every_error(kind=LaadplanError):
    return [kind, *(each for child in kind.__subclasses__() for each in every_error(child))]


def one_json(text):
    """The one JSON document that the text is, without the words for numbers that JSON does not know."""

    def refuse(word):
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


def in_a_process(code, *words, **options):
    """A Python process that runs the code and then the command line with these words."""
    begin = f"import sys\nsys.argv = ['laadplan', *{list(map(str, words))!r}]\n"
    text = f"{begin}{code}\nfrom laadplan.cli.app import main\nmain()\n"
    return subprocess.Popen(
        [sys.executable, "-c", text], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


@pytest.fixture
def config(tmp_path):
    """A valid config without sources."""
    path = tmp_path / "ede.yaml"
    path.write_text(yaml.safe_dump(LITTLE))
    return path


@pytest.fixture
def instead(monkeypatch):
    """Function to put another in the place of the run; gives the arguments it was called with."""

    def put(function):
        called = []

        def run(*args, **options):
            called.append((args, options))
            return function()

        monkeypatch.setattr("laadplan.pipeline.run.run", run)
        return called

    return put


def fails(error):
    def run():
        raise error

    return run


# ---- help ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["columns", "--help"], ["nonsense"], []])
def test_help_loads_nothing_heavy(words):
    code = (
        "import atexit\n"
        f"heavy = {HEAVY!r}\n"
        "told = lambda: print('heavy:', [name for name in heavy if name in sys.modules], file=sys.stderr)\n"
        "atexit.register(told)"
    )

    _, told = in_a_process(code, *words).communicate(timeout=30)

    assert told.splitlines()[-1] == "heavy: []"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_explained(call, command):
    listed, own = call("--help"), call(command, "--help")

    assert (listed.code, own.code, listed.err, own.err) == (0, 0, "", "")
    line = next(line for line in listed.out.splitlines() if line.split()[:1] == [command])
    assert len(line.split()) > 3


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("run", ["--until", "--out", "--date", "--quiet", "--json"]),
        ("check", ["--quiet", "--json"]),
        ("init", ["--out"]),
        ("dossier", ["--out", "--date", "--as-of", "--quiet", "--json"]),
    ],
)
def test_options_that_others_rely_on_are_there(call, command, options):
    shown = call(command, "--help").out

    assert [name for name in options if name not in shown] == []


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["--bogus"],
        ["run"],
        ["run", "ede.yaml", "--bogus"],
        ["run", "ede.yaml", "twice"],
        ["run", "ede.yaml", "--date", "23-11-2026"],
        ["run", "ede.yaml", "--date", "2026-02-30"],
        ["check"],
        ["init", "GM0228"],
        ["demo"],
        ["demo", "town", "--inhabitants", "10"],
        ["demo", "town", "--inhabitants", "many"],
        ["columns", "Trees"],
    ],
)
def test_wrong_use_is_told_with_exit_code_two(call, tmp_path, words):
    answer = call(*words)

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.strip()
    assert "Traceback" not in answer.err
    assert list(tmp_path.iterdir()) == []


# ---- exit codes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_an_error_is_one_plain_line_and_its_exit_code(call, config, instead, kind):
    instead(fails(kind("Something is wrong.", where="trees.csv", ids=["a", "b"], todo="Mend it.")))

    answer = call("run", config)

    assert answer.out == ""
    assert answer.err == "laadplan: trees.csv: Something is wrong. Rows: a, b. Mend it.\n"
    assert answer.code == kind.exit_code


def test_every_exit_code_of_an_error_is_in_the_table():
    assert {kind.exit_code for kind in every_error()} <= set(EXIT_CODES)
    assert EXIT_CODES[errors.ConfigError.exit_code] == "usage or config"


@pytest.mark.parametrize(
    "error",
    [ValueError("oops"), KeyError("oops"), ZeroDivisionError(), AssertionError("oops"), OSError(28, "No space")],
)
def test_an_internal_error_gives_no_traceback(call, config, instead, error):
    instead(fails(error))

    answer = call("run", config)

    assert (answer.code, answer.out) == (5, "")
    assert answer.err.startswith(f"laadplan: internal error ({type(error).__name__}")
    assert "Traceback" not in answer.err
    assert len(answer.err.splitlines()) == 1


def test_an_internal_error_can_be_looked_into():
    code = (
        "import laadplan.store.projects as projects\n"
        "def read_project(path): raise ValueError('oops')\n"
        "projects.read_project = read_project"
    )

    process = in_a_process(code, "run", "ede.yaml", env={**os.environ, "LAADPLAN_LOG": "debug"})
    _, told = process.communicate(timeout=30)

    assert process.returncode == 5
    assert "Traceback" in told
    assert told.splitlines()[-1].startswith("laadplan: internal error (ValueError: oops).")


def test_an_unknown_level_of_logging_does_not_end_in_a_traceback():
    process = in_a_process("", "run", "nowhere.yaml", env={**os.environ, "LAADPLAN_LOG": "loud"})
    _, told = process.communicate(timeout=30)

    assert process.returncode == 2
    assert "Traceback" not in told


@pytest.mark.parametrize("error", [KeyboardInterrupt(), EOFError()], ids=["ctrl-c", "end of input"])
def test_an_interruption_gives_130(call, config, instead, error):
    instead(fails(error))

    answer = call("run", config)

    assert (answer.code, answer.out) == (130, "")
    assert answer.err.strip().splitlines()[-1] == "laadplan: stopped, nothing half written; the same command goes on."


def test_ctrl_c_in_a_shell_gives_130_and_no_traceback(config, tmp_path):
    code = (
        "import time, pathlib\nimport laadplan.pipeline.run as runner\n"
        "def run(*_, **__):\n    pathlib.Path('sign').touch()\n    time.sleep(60)\nrunner.run = run"
    )
    process = in_a_process(code, "run", config, cwd=tmp_path)
    deadline = time.monotonic() + 30
    while not (tmp_path / "sign").exists() and time.monotonic() < deadline:
        time.sleep(0.01)

    process.send_signal(signal.SIGINT)
    out, told = process.communicate(timeout=30)

    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in told
    assert "stopped" in told


def test_a_reader_that_goes_away_is_no_error():
    """As in ``laadplan columns | head -1``."""
    process = in_a_process("", "columns")
    process.stdout.readline()
    process.stdout.close()
    told = process.stderr.read()
    process.stderr.close()

    assert process.wait(timeout=30) in (0, 141)
    assert told == ""


# ---- run -------------------------------------------------------------------------------------------------------------


def test_a_run_gets_what_the_words_say(call, config, instead):
    called = instead(lambda: MANIFEST)

    assert call("run", config, "--until", "Trees", "--out", "plan", "--date", "2026-11-23").code == 0

    (file, out), options = called[0]
    assert (file.project, file.path, out) == (make_project(LITTLE), config, Path("plan"))
    assert (options["until"], options["today"]) == ("Trees", date(2026, 11, 23))
    assert type(options["today"]) is date


def test_a_run_goes_to_the_folder_of_its_name_and_bears_the_day(call, config, instead):
    called = instead(lambda: MANIFEST)
    before = date.today()  # noqa: DTZ011 (what the command should do)

    call("run", config)

    (_, out), options = called[0]
    assert (out, options["until"]) == (Path("maps/ede"), None)
    assert before <= options["today"] <= date.today()  # noqa: DTZ011


def test_a_run_of_the_town_tells_its_steps_on_stderr_and_its_result_on_stdout(call, small_town, tmp_path):
    answer = call("run", small_town, "--until", "demand_points")

    lines = answer.err.splitlines()
    assert answer.code == 0
    steps = int(lines[0].partition("/")[2].partition("]")[0])
    assert [line.split()[0] for line in lines] == [f"[{place}/{steps}]" for place in range(1, steps + 1)]
    assert lines[-1].split()[1] == "demand_points"
    assert answer.out.startswith(f"Executed {steps} of {steps} steps; the rest was unchanged.\n")
    assert answer.out.endswith("Results are in maps/demodorp.\n")
    assert (tmp_path / "maps/demodorp/frames/DemandPoints.parquet").is_file()


def test_quiet_says_nothing_on_stderr(call, small_town):
    answer = call("run", small_town, "--until", "RoadParts", "--quiet")

    assert (answer.code, answer.err) == (0, "")


def test_quiet_in_a_shell_says_nothing_on_stderr(small_town, tmp_path):
    """No warning of a library either."""
    process = in_a_process("", "check", small_town, "--quiet", cwd=tmp_path)

    out, told = process.communicate(timeout=60)

    assert (process.returncode, told) == (0, "")
    assert "No findings." in out


def test_json_is_the_manifest_and_nothing_else(call, small_town, tmp_path):
    answer = call("run", small_town, "--until", "RoadParts", "--json", "--out", tmp_path / "plan")

    assert (answer.code, answer.err) == (0, "")
    assert one_json(answer.out) == one_json((tmp_path / "plan" / "run.json").read_text())


def test_json_keeps_letters_as_they_are(call, config, instead):
    instead(lambda: {"name": "Súdwest", "when": date(2026, 1, 2), "where": Path("plan")})

    answer = call("run", config, "--json")

    assert one_json(answer.out) == {"name": "Súdwest", "when": "2026-01-02", "where": "plan"}
    assert "Súdwest" in answer.out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["run", "nowhere.yaml"], 2, "nowhere.yaml: The config does not exist."),
        (["check", "nowhere.yaml"], 2, "nowhere.yaml: The config does not exist."),
        (["run", "town/laadplan.yaml", "--until", "Luchtkastelen"], 2, "No step makes 'Luchtkastelen'."),
        (["run", "town/laadplan.yaml", "--out", "town/bomen.csv"], 2, "town/bomen.csv"),
        (["run", "town/laadplan.yaml", "--out", "town/bomen.csv/plan"], 2, "town/bomen.csv"),
        (["init", "GM22", "town"], 2, "'GM22' is not a CBS code."),
        (["init", "GM0228", "town"], 2, "town/laadplan.yaml: The config exists already."),
        (["init", "GM0228", "nowhere"], 3, "nowhere: The folder does not exist."),
        (["demo", "town/bomen.csv"], 2, "town/bomen.csv: The folder cannot be written"),
    ],
)
def test_what_cannot_be_done_is_told(call, town, words, code, told):
    answer = call(*words)

    assert (answer.code, answer.out) == (code, "")
    assert told in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_source_that_is_not_there_is_told(call, town, tmp_path, command):
    (town.parent / "bomen.csv").unlink()

    answer = call(command, town)

    assert (answer.code, answer.out) == (3, "")
    assert "bomen.csv: The source does not exist. Correct sources.trees.path in the config." in answer.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["town"]


def test_an_unknown_key_is_told_with_the_file(call, config):
    config.write_text(yaml.safe_dump({**LITTLE, "walking": {"norm": 250}}))

    answer = call("run", config)

    assert answer.code == 2
    assert answer.err.startswith(f"laadplan: {config}: Key 'walking.norm': unknown key; did you mean 'norm_m'?")


# ---- check -----------------------------------------------------------------------------------------------------------


def test_a_check_reports_and_writes_nothing(call, small_town, tmp_path):
    answer = call("check", small_town, "--quiet")

    assert (answer.code, answer.err) == (0, "")
    assert [
        word
        for word in ("Reference date", "2025-01-01", "Read", "Kept", "historie", "Missing")
        if word not in answer.out
    ] == []
    assert list(tmp_path.iterdir()) == []


def test_a_check_in_json_is_one_document(call, small_town):
    answer = call("check", small_town, "--json")

    report = one_json(answer.out)
    assert answer.err == ""
    assert set(report) == {"area", "sources", "quality"}
    assert report["area"]["margin_m"] == 100.0
    assert report["quality"]["trees"]["read"] == report["quality"]["trees"]["kept"] > 0
    assert report["sources"]["trees"]["reference_on"] == "2025-01-01"


def test_a_check_with_findings_has_exit_code_one(call, config, monkeypatch):
    quality = Quality(read=3, kept=2, dropped={"no place": ["a"]}, findings=["One tree is gone."]).summary()
    monkeypatch.setattr("laadplan.pipeline.run.check", lambda *_, **__: {"trees": quality})
    monkeypatch.setattr("laadplan.store.catalogue.catalogue", lambda _: {})

    said, as_json = call("check", config), call("check", config, "--json")

    assert (said.code, as_json.code) == (1, 1)
    assert "trees: One tree is gone." in said.out
    assert one_json(as_json.out)["quality"] == {"trees": quality}


# ---- init, demo, columns ---------------------------------------------------------------------------------------------


def test_a_config_that_init_wrote_passes_a_check(call, town):
    town.unlink()

    answer = call("init", "GM9901", town.parent)
    checked = call("check", town, "--quiet")

    assert (answer.code, answer.err) == (0, "")
    assert answer.out == f"Wrote {town}. Check it with: laadplan check {town}\n"
    assert checked.code == 0, checked.out + checked.err
    assert read_project(town).project.area.municipality_code == "GM9901"


def test_init_names_what_it_did_not_find(call, town, tmp_path):
    (town.parent / "autos_pc4.csv").unlink()

    answer = call("init", "GM9901", town.parent, "--out", tmp_path / "mine.yaml")

    assert answer.code == 0
    assert answer.err == "Not found: car_stock. Fill in sources.car_stock.path.\n"
    assert "NOT FOUND" in (tmp_path / "mine.yaml").read_text()


def test_init_does_not_overwrite(call, town):
    before = town.read_bytes()

    assert call("init", "GM9901", town.parent).code == 2
    assert town.read_bytes() == before


def test_demo_writes_a_town_and_says_how_to_go_on(call, tmp_path):
    answer = call("demo", "klein", "--inhabitants", 1000, "--seed", 3, "--name", "Klein Dorp")

    assert (answer.code, answer.err) == (0, "Inventing a town of 1,000 inhabitants ...\n")
    assert answer.out.endswith("laadplan run klein/laadplan.yaml\n")
    assert (
        read_project(tmp_path / "klein" / "laadplan.yaml").project.publication.title == "Plankaart laadpalen Klein Dorp"
    )


def test_columns_lists_every_column_with_a_meaning(call):
    answer = call("columns")

    table = pd.read_csv(io.StringIO(answer.out), sep="\t", keep_default_na=False)
    listed = {contract.__name__: [contract.index_name(), *contract.columns()] for contract in all_contracts()}
    assert (answer.code, answer.err) == (0, "")
    assert table.groupby("frame")["column"].agg(list).to_dict() == listed
    assert list(table.loc[table["meaning"].str.strip() == "", "column"]) == []
    assert list(table.loc[table["empty"].str.strip() == "", "column"]) == []


def test_columns_in_json_hold_the_same(call):
    table = pd.read_csv(io.StringIO(call("columns").out), sep="\t", keep_default_na=False)

    assert one_json(call("columns", "--json").out) == table.to_dict("records")


# ---- assess ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_assessing_the_town_writes_its_files_and_no_plan(call, small_town, tmp_path):
    out = tmp_path / "plan"
    told = call("assess", small_town, "--out", out, "--date", "2026-11-23")

    assert told.code == 0, told.err
    assert "] assessments" in told.err
    assert f"Wrote kandidaten.gpkg and beoordelingen.csv in {out}." in told.out
    assert "afstand_boom" in told.out
    assert sorted(path.name for path in out.iterdir() if path.is_file() and path.suffix != ".lock") == [
        "beoordelingen.csv",
        "kandidaten.gpkg",
        "run.json",
    ]
    frames = {path.stem for path in (out / "frames").glob("*.parquet")}
    assert {"Candidates", "Assessments", "Strips"} <= frames
    assert not frames & {"Plan", "Reach", "Sites"}

    again = one_json(call("assess", small_town, "--out", out, "--date", "2026-11-23", "--json").out)
    assert again["executed"] == []
    assert (
        sum(again["outcomes"].values())
        == again["candidates"]
        == len(pd.read_parquet(out / "frames/Candidates.parquet"))
    )
    counted = [[each[name] for name in ("voldoet", "voldoet niet", "onbekend", "n.v.t.")] for each in again["criteria"]]
    assert {sum(row) for row in counted} == {again["candidates"]}
