"""Lists that the command line and HTTP give alike: the questions, and the datasets that are served."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from api.views import pictured
from graph_schema import TABLES, Key, Quantity, Text
from loaders import CheckReport
from valuechain import ValueChain, questions
from valuechain.answer import Meaning, columns, plain
from valuechain.audits import Finding
from valuechain.registry import Analysis, Parameter


def listed_questions() -> dict[str, Any]:
    """Return every question with its parameters and columns, ready for JSON."""
    return {"items": [described(a) for a in questions().values()], "next": None}


def described(analysis: Analysis) -> dict[str, Any]:
    """Return one question as plain values."""
    return {
        "name": analysis.name,
        "title": analysis.title,
        "question": analysis.question,
        "description": analysis.description,
        "parameters": [_parameter(p) for p in analysis.parameters],
        "columns": {name: _meaning(m) for name, m in columns(analysis.row_type).items()},
        "key": list(analysis.key),
        "reads": list(analysis.reads),
    }


def listed_datasets(chains: Mapping[str, ValueChain]) -> dict[str, Any]:
    """Return the served datasets in short, ready for JSON."""
    return {"items": [summary(name, chain) for name, chain in chains.items()], "next": None}


def summary(name: str, chain: ValueChain) -> dict[str, Any]:
    """Return what the dataset served as `name` is: title, year, fingerprint, and where to go next."""
    place = quote(name, safe="")
    home = f"/api/v1/datasets/{place}"
    return {
        "id": name,
        "title": chain.dataset.title or name,
        "year": chain.year,
        "fingerprint": chain.fingerprint,
        "links": {
            "self": home,
            "html": f"/datasets/{place}",
            "answers": {question: f"{home}/answers/{question}" for question in questions()},
            "views": {question: f"{home}/views/{question}.html" for question in pictured()},
        },
    }


def details(name: str, chain: ValueChain) -> dict[str, Any]:
    """Return the dataset served as `name` with its row counts, years and what loading found."""
    data = chain.dataset
    return {
        **summary(name, chain),
        "years": list(chain.years),
        "currency": data.currency,
        "home_region": data.home_region,
        "licence": data.licence,
        "tables": {table: n for table in TABLES if (n := chain.own_table(table).num_rows)},
        "counts": [plain(count) for count in chain.counts],
        "problems": [problem.as_dict() for problem in chain.problems],
    }


def checked(report: CheckReport, findings: Iterable[Finding]) -> dict[str, Any]:
    """Return what checking a dataset found, ready for JSON."""
    findings = tuple(findings)
    return {
        "dataset": report.dataset.id,
        "fingerprint": report.chain.fingerprint if report.chain else None,
        "loaded": report.chain is not None,
        "summary": {
            "errors": len(report.errors),
            "warnings": len(report.warnings),
            "rows_loaded": sum(c.loaded for c in report.counts) if report.chain else 0,
            "rows_in_error": sum(c.set_aside for c in report.counts),
            "audits": len(findings),
            "audits_that_warn": sum(f.verdict != "ok" for f in findings),
        },
        "problems": [problem.as_dict() for problem in report.problems],
        "counts": [plain(count) for count in report.counts],
        "audits": [plain(finding) for finding in findings],
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "type": parameter.kind.__name__,
        "many": parameter.many,
        "default": plain(parameter.default),
        **_meaning(parameter.meaning),
    }


def _meaning(meant: Meaning | None) -> dict[str, Any]:
    match meant:
        case Quantity(unit, description):
            return {"description": description, "unit": unit}
        case Key(table, description):
            return {"description": description, "key": table}
        case Text(description, choices):
            return {"description": description} | ({"choices": list(choices)} if choices else {})
    return {"description": ""}
