"""``meetproof requirements``: what the suite knows that a server must do, and how much of Microsoft's list that is."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from conformance.catalogue import Catalogue
    from conformance.model.requirement import Requirement


def commands() -> typer.Typer:
    """The commands about requirements."""
    application = typer.Typer(
        help="List and show requirements, and tell the coverage of Microsoft's list.",
        rich_markup_mode=None,
        no_args_is_help=True,
    )
    application.command("list")(list_requirements)
    application.command("show")(show_requirement)
    application.command("coverage")(tell_coverage)
    return application


def list_requirements(
    pattern: Annotated[str, typer.Argument(help="Only ids of this form, such as 'EWS-MTG-11*'.", metavar="[ID]")] = "*",
    area: Annotated[str, typer.Option(help="Only areas of this form, such as 'ews-*'.")] = "*",
    level: Annotated[str, typer.Option(help="Only this level: MUST, SHOULD or MAY.")] = "",
    text: Annotated[str, typer.Option(help="Only sentences with this text, in any case.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """List the requirements of the catalogue with their sources."""
    from conformance.catalogue import cite, standard_catalogue
    from conformance.model.requirement import Level

    levels = [one.value for one in Level]
    if level and level.upper() not in levels:
        raise typer.BadParameter(f"expected one of {', '.join(levels)}, got {level!r}", param_hint="--level")
    catalogue = standard_catalogue()
    chosen = [
        one
        for one in catalogue.requirements.values()
        if fnmatchcase(one.id, pattern)
        and fnmatchcase(one.area, area)
        and one.level.value in (level.upper() or one.level.value)
        and text.casefold() in one.sentence.casefold()
    ]
    if not chosen:
        if (area, level, text) == ("*", "", ""):
            raise typer.BadParameter(f"no requirement has an id like {pattern!r}", param_hint="ID")
        raise typer.BadParameter("no requirement is like that", param_hint="the filters")
    if as_json:
        typer.echo(json.dumps([_as_json(one, catalogue) for one in chosen], indent=1, ensure_ascii=False))
        return
    for requirement in chosen:
        typer.echo(f"{requirement.id}  {requirement.level}  {requirement.sentence}")
        typer.echo(f"    {requirement.tier}: {cite(requirement, catalogue.rulings)}")
    typer.echo(f"{len(chosen)} requirements, {len(catalogue.rulings)} rulings")


def show_requirement(
    identifier: Annotated[str, typer.Argument(help="The requirement's id.", metavar="ID")],
    report: Annotated[
        Path | None, typer.Option(help="A run's report.json or its folder: tells the verdict and the cases.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show all that is known of a requirement: sentence, sources, gates, rulings, Microsoft's ids, what judges it."""
    from conformance.catalogue import UnknownRequirement, standard_catalogue

    catalogue = standard_catalogue()
    try:
        requirement = catalogue.requirement(identifier.upper())
    except UnknownRequirement as problem:
        raise typer.BadParameter(str(problem), param_hint="ID") from None
    told = _as_json(requirement, catalogue)
    told |= _judged(requirement.id, _report(report)) if report is not None else {}
    if as_json:
        typer.echo(json.dumps(told, indent=1, ensure_ascii=False))
        return
    typer.echo(f"{requirement.id}  {requirement.level}\n{requirement.sentence}")
    for name, value in told.items():
        if name in {"id", "level", "sentence"} or not value:
            continue
        lines = [_line(each) for each in value] if isinstance(value, list) else [_line(value)]
        typer.echo(f"{name + ':':10} " + ("\n" + " " * 11).join(lines))


def tell_coverage(
    report: Annotated[Path, typer.Option(help="A run's report.json or its folder.")] = Path("meetproof-report"),
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, id by id.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write the coverage as a page to this file.")] = None,
) -> None:
    """Tell how many of the ids of Microsoft's list that bind a server a run verified, section by section.

    An id is verified where a requirement that says the same was judged in the run and met.
    """
    from conformance.catalogue import standard_catalogue
    from conformance.report.coverage import Standing, as_html, coverage, verdicts_of
    from conformance.report.coverage import as_json as coverage_as_json

    try:
        found = coverage(standard_catalogue(), verdicts_of(_report(report)))
    except ValueError as problem:
        raise typer.BadParameter(f"{problem}; run `meetproof run` first", param_hint="--report") from None
    if html is not None:
        html.write_text(as_html(found, standard_catalogue()), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(coverage_as_json(found), indent=1, ensure_ascii=False))
        return
    heads = [standing.value for standing in Standing]
    typer.echo(f"{'document':14}{'section':14}{'ids':>6}" + "".join(f"{head:>10}" for head in heads))
    for row in found.sections():
        counts = "".join(f"{getattr(row, head):>10}" for head in heads)
        typer.echo(f"{row.document:14}{row.section:14}{row.total:>6}{counts}")
    counts = "".join(f"{found.count(standing):>10}" for standing in Standing)
    typer.echo(f"{'all':28}{len(found.rows):>6}{counts}")


def _report(path: Path) -> Path:
    return path / "report.json" if path.is_dir() else path


def _as_json(requirement: Requirement, catalogue: Catalogue) -> dict[str, Any]:
    from conformance.catalogue import anchor
    from conformance.catalogue.numbered import full_id
    from conformance.passive import passive_requirements

    return {
        "id": requirement.id,
        "level": requirement.level.value,
        "sentence": requirement.sentence,
        "area": requirement.area,
        "kind": requirement.kind.value,
        "role": requirement.role.value,
        "tier": requirement.tier.value,
        "sources": [
            {"document": one.document, "section": one.section, "anchor": anchor(one)} for one in requirement.sources
        ],
        "since": requirement.since,
        "until": requirement.until,
        "needs": list(requirement.needs),
        "rulings": [f"{number} {catalogue.rulings[number].title}" for number in requirement.rulings],
        "microsoft": [full_id(one) for one in requirement.microsoft],
        "judged by": "every exchange" if requirement.id in passive_requirements() else "cases",
        "waiver": requirement.waiver,
    }


def _judged(identifier: str, report: Path) -> dict[str, Any]:
    try:
        rows = json.loads(report.read_text(encoding="utf-8"))["requirements"]
        row = next((one for one in rows if one["id"] == identifier), None)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise typer.BadParameter(f"{report}: is no report of a run: {problem!r}", param_hint="--report") from None
    return {"verdict": "not judged", "cases": []} if row is None else {"verdict": row["verdict"], "cases": row["cases"]}


def _line(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values() if part)
    return str(value)
