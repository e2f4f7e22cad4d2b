"""The commands. Each is a few lines that hand over to the rooms; heavy imports stand inside.

In: words on the command line. Out: files, text on stdout, progress on stderr, and one of the exit codes of the README.
"""

import logging
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from laadplan.errors import ConfigError, LaadplanError

app = typer.Typer(
    name="laadplan",
    help="From open data to a plankaart for public charging.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Config = Annotated[Path, typer.Argument(help="Config of the municipality (YAML).", metavar="CONFIG")]
PolicyPath = Annotated[Path, typer.Argument(help="Config or profile (YAML).", metavar="FILE")]
Out = Annotated[Path | None, typer.Option("--out", help="Run folder; default maps/<name>/.", metavar="DIR")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Say nothing but errors.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Today = Annotated[
    datetime | None,
    typer.Option("--date", help="Date that stands on the outputs; default today.", formats=["%Y-%m-%d"]),
]

_STOPPED = "stopped, nothing half written; the same command goes on."


@app.command()
def run(
    config: Config,
    until: Annotated[str | None, typer.Option(help="Stop at this frame, e.g. Candidates.", metavar="FRAME")] = None,
    out: Out = None,
    today: Today = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Make the plankaart: read the sources, score, optimise, publish."""
    from laadplan.cli.report import StepProgress, print_json, run_summary
    from laadplan.pipeline.run import run as run_graph
    from laadplan.store.projects import read_project

    project_file = read_project(config)
    folder = out or Path("maps") / project_file.project.name
    progress = StepProgress(quiet=quiet or as_json)
    manifest = run_graph(project_file, folder, today=_day(today), until=until, progress=progress, told=progress.told)
    if as_json:
        print_json(manifest)
    elif not quiet:
        typer.echo(run_summary(manifest, folder))


@app.command()
def assess(config: Config, out: Out = None, today: Today = None, quiet: Quiet = False, as_json: Json = False) -> None:
    """Judge every candidate by the policy and write kandidaten.gpkg and beoordelingen.csv; places no poles."""
    from laadplan.cli.report import StepProgress, assess_summary, print_json
    from laadplan.pipeline.assessed import assess as assess_all
    from laadplan.store.projects import read_project

    project_file = read_project(config)
    folder = out or Path("maps") / project_file.project.name
    found = assess_all(project_file, folder, today=_day(today), progress=StepProgress(quiet=quiet or as_json))
    if as_json:
        print_json(found)
    elif not quiet:
        typer.echo(assess_summary(found, folder))


@app.command()
def demand(config: Config, out: Out = None, today: Today = None, quiet: Quiet = False, as_json: Json = False) -> None:
    """Forecast charging demand and write vraag.html, vraag.xlsx and vraag.png; places no poles."""
    from laadplan.cli.report import StepProgress, demand_summary, print_json
    from laadplan.pipeline.reported import report_demand
    from laadplan.store.projects import read_project

    project_file = read_project(config)
    folder = out or Path("maps") / project_file.project.name
    found = report_demand(project_file, folder, today=_day(today), progress=StepProgress(quiet=quiet or as_json))
    if as_json:
        print_json(found)
    elif not quiet:
        typer.echo(demand_summary(found, folder))


@app.command()
def monitor(
    config: Config,
    sessions: Annotated[
        Path | None,
        typer.Option("--sessions", help="Charging sessions instead of those of the config.", metavar="FILE"),
    ] = None,
    out: Out = None,
    today: Today = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Measure the use of poles against the norm and write monitor.html and monitor.xlsx: what is full, and when."""
    from laadplan.cli.report import StepProgress, monitor_summary, print_json
    from laadplan.pipeline.reported import report_use
    from laadplan.store.projects import read_project

    project_file = read_project(config)
    folder = out or Path("maps") / project_file.project.name
    progress = StepProgress(quiet=quiet or as_json)
    found = report_use(project_file, folder, today=_day(today), sessions=sessions, progress=progress)
    if as_json:
        print_json(found)
    elif not quiet:
        typer.echo(monitor_summary(found, folder))


@app.command()
def check(config: Config, today: Today = None, quiet: Quiet = False, as_json: Json = False) -> None:
    """Check config and sources and print a data-quality report; exit code 1 when there are findings."""
    from laadplan.cli.report import StepProgress, area_line, print_json, print_quality
    from laadplan.pipeline.run import check as check_sources
    from laadplan.store.catalogue import catalogue, source_records
    from laadplan.store.projects import read_project

    project_file = read_project(config)
    found = check_sources(project_file, today=_day(today), progress=StepProgress(quiet=quiet or as_json))
    sources = source_records(catalogue(project_file))
    area = project_file.project.area.model_dump(mode="json")
    if as_json:
        print_json({"area": area, "sources": sources, "quality": found})
    else:
        print_quality(found, sources)
        typer.echo(area_line(area))
    if any(quality["findings"] for quality in found.values()):
        raise typer.Exit(1)


@app.command()
def init(
    municipality: Annotated[str, typer.Argument(help="CBS code, e.g. GM0228.", metavar="GMCODE")],
    folder: Annotated[Path, typer.Argument(help="Folder with the sources.", metavar="FOLDER")],
    out: Annotated[Path | None, typer.Option("--out", help="Config to write; default FOLDER/laadplan.yaml.")] = None,
) -> None:
    """Write a commented config from the files found in a folder."""
    from laadplan.pipeline.begin import write_config

    path, missing = write_config(municipality, folder, out or folder / "laadplan.yaml")
    for name in missing:
        typer.echo(f"Not found: {name}. Fill in sources.{name}.path.", err=True)
    typer.echo(f"Wrote {path}. Check it with: laadplan check {path}")


@app.command()
def fetch(
    config: Config,
    source: Annotated[list[str] | None, typer.Option(help="Only this source; may be repeated.", metavar="NAME")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be asked; ask nothing.")] = False,
    services: Annotated[
        Path | None, typer.Option("--catalogue", help="Catalogue of services; default laadplan's own.", metavar="FILE")
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Data folder.", metavar="DIR")] = Path("data"),
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Download what is open for one municipality into data/<name>/; what is cut off goes on the next time."""
    from laadplan.cli.report import FetchProgress, fetch_summary, plan_summary, print_json
    from laadplan.pipeline.fetch import config_lines, failure_of, requests_planned, wanted_of
    from laadplan.pipeline.fetch import fetch as fetch_all
    from laadplan.store.download.catalogue import read_catalogue
    from laadplan.store.projects import read_project

    project_file = read_project(config)
    chosen = read_catalogue(services).chosen(source or [])
    if dry_run:
        planned = requests_planned(chosen, wanted_of(project_file, chosen))
        print_json(planned) if as_json else typer.echo(plan_summary(planned))
        return
    progress = FetchProgress(quiet=quiet or as_json)
    outcomes = fetch_all(project_file, chosen, out, now=_moment(), progress=progress, told=progress.received)
    records = [outcome.record() for outcome in outcomes]
    if as_json:
        print_json(records)
    elif not quiet:
        typer.echo(fetch_summary(records, config_lines(outcomes, config)))
    if failure := failure_of(outcomes):
        raise failure


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Folder to write to.", metavar="DIR")],
    inhabitants: Annotated[int, typer.Option(min=1_000, max=1_000_000, help="Inhabitants of the town.")] = 2_000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the town.")] = 1,
    name: Annotated[str, typer.Option(help="Name of the town.")] = "Demodorp",
    force: Annotated[bool, typer.Option("--force", help="Replace the town in a folder that is not empty.")] = False,
    every_format: Annotated[
        bool, typer.Option("--every-format", help="Also write each source in every other format, in DIR/vormen/.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Write an invented municipality in the formats of the sources, with a config to run it."""
    from laadplan.cli.report import bar
    from laadplan.pipeline.begin import write_demo_town

    with bar(f"Inventing a town of {inhabitants:,} inhabitants", quiet=quiet) as progress:
        path = write_demo_town(
            folder,
            inhabitants=inhabitants,
            seed=seed,
            name=name,
            force=force,
            every_format=every_format,
            progress=progress,
        )
    if not quiet:
        typer.echo(f"Wrote a town of {inhabitants:,} inhabitants. Make its plankaart with: laadplan run {path}")


@app.command()
def dossier(
    config: Config,
    locatie_id: Annotated[str, typer.Argument(help="Code of the location, as on the plankaart.", metavar="LOCATIE_ID")],
    out: Out = None,
    today: Today = None,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", help="Give back the dossier as it was on this day.", formats=["%Y-%m-%d"]),
    ] = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Make the dossier of one location (HTML, PDF and JSON), or give it back as it was on a day."""
    from laadplan.cli.report import StepProgress, dossier_summary, print_json
    from laadplan.pipeline.dossiers import dossier_as_of, write_dossier
    from laadplan.store.projects import read_project

    project_file = read_project(config)
    folder = out or Path("maps") / project_file.project.name
    if as_of:
        written = dossier_as_of(folder, locatie_id, as_of.date())
    else:
        progress = StepProgress(quiet=quiet or as_json)
        written = write_dossier(project_file, folder, locatie_id, today=_day(today), progress=progress)
    if as_json:
        print_json(vars(written))
    elif not quiet:
        typer.echo(dossier_summary(vars(written)))


@app.command()
def columns(as_json: Json = False) -> None:
    """Print the data dictionary: every column of every frame and layer."""
    from laadplan.cli.report import print_json
    from laadplan.contracts.dictionary import all_contracts, describe

    table = describe(all_contracts())
    print_json(table.to_dict("records")) if as_json else typer.echo(table.to_csv(index=False, sep="\t"), nl=False)


policy = typer.Typer(help="Look at policies: their rules, and what another policy would change.", no_args_is_help=True)
app.add_typer(policy, name="policy")


@policy.command("check")
def policy_check(file: PolicyPath, out: Out = None, today: Today = None, as_json: Json = False) -> None:
    """Print the merged rules, where each came from and what is wrong with them; exit code 1 when there are findings."""
    from laadplan.cli.policy_report import print_policy
    from laadplan.cli.report import print_json
    from laadplan.pipeline.judging import check_policy

    found = check_policy(file, today=_day(today), out=out)
    print_json(found) if as_json else print_policy(found)
    if any(finding["kind"] == "finding" for finding in found["findings"]):
        raise typer.Exit(1)


@policy.command("diff")
def policy_diff(
    config: Annotated[Path, typer.Argument(help="Config of which the places are looked at.", metavar="A")],
    other: Annotated[Path, typer.Argument(help="Config or profile to hold against it.", metavar="B")],
    out: Out = None,
    today: Today = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Say which places of A change verdict under the policy of B, and by which rule; with a table and a map."""
    from laadplan.cli.policy_report import print_diff
    from laadplan.cli.report import StepProgress, print_json
    from laadplan.pipeline.judging import diff_policies

    progress = StepProgress(quiet=quiet or as_json)
    found = diff_policies(config, other, today=_day(today), out=out, progress=progress)
    print_json(found) if as_json else print_diff(found)


def main() -> None:
    """Runs a command and ends with its exit code; the user never sees a traceback."""
    for name in ("PROJ_LIB", "PROJ_DATA", "GDAL_DATA"):
        os.environ.pop(name, None)
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # else a fit of a tenth of a second takes minutes
    level = os.environ.get("LAADPLAN_LOG", "ERROR").upper()
    logging.basicConfig(level=level if level in logging.getLevelNamesMapping() else "ERROR", stream=sys.stderr)
    sys.exit(_guarded())


def _guarded() -> int:
    try:
        code = int(app(standalone_mode=False) or 0)
        return _said(_STOPPED, 130) if code == 130 else code
    except typer.TyperException as error:
        words = getattr(error, "format_message", error.__str__)().rstrip(".")
        return _said(f"{words}. Run 'laadplan --help' to see how.", ConfigError.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        return _said(_STOPPED, 130)
    except LaadplanError as error:
        return _said(error.message, error.exit_code)
    except BrokenPipeError:
        return 0
    except Exception as error:
        logging.getLogger(__name__).debug("Internal error", exc_info=True)
        words = f"internal error ({type(error).__name__}: {error})."
        return _said(f"{words} Run again with LAADPLAN_LOG=debug and report it.", LaadplanError.exit_code)


def _said(message: str, code: int) -> int:
    typer.echo(f"laadplan: {message}", err=True)
    return code


def _moment() -> datetime:
    return datetime.now(tz=UTC).replace(microsecond=0)


def _day(today: datetime | None) -> date:
    return today.date() if today else date.today()  # noqa: DTZ011 (the one place that reads the clock)
