"""Reads the queries of the dashboard and of docs/metrics.md as Grafana sends them, and runs them on a Prometheus.

As a program, prints them as recording rules, so that promtool can check their syntax and types.
"""

import json
import math
import pathlib
import re
import sys
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
DASHBOARD = ROOT / "deploy/grafana/dashboards/image-processor.json"


def panels(dashboard):
    """Yields every panel with the title of its row, those of collapsed rows too."""
    row = ""
    for panel in dashboard["panels"]:
        if panel["type"] != "row":
            yield row, panel
            continue
        row = panel["title"]
        yield row, panel
        for inner in panel["panels"]:
            yield row, inner


def substituted(expression, scrape_seconds, step_seconds):
    """Replaces the variables of an expression as Grafana does when all replicas are selected."""
    # https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables
    rate_interval = max(step_seconds + scrape_seconds, 4 * scrape_seconds)
    expression = expression.replace("$__rate_interval", f"{rate_interval}s").replace("$instance", ".*")
    if "$" in expression:
        raise ValueError(f"unknown variable: {expression}")
    return expression


def documented():
    """Returns the queries of docs/metrics.md by the comment above each."""
    block = re.search(r"```promql\n(.*?)```", (ROOT / "docs/metrics.md").read_text(), re.DOTALL)
    return {title: query for title, query in re.findall(r"# (.*)\n(.+)", block.group(1))}


class Prometheus:
    def __init__(self, url):
        self.url = url

    def get(self, path, **parameters):
        """Returns the data of the response. Raises urllib.error.HTTPError if Prometheus rejects the request."""
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}", timeout=30) as answer:
            return json.load(answer)["data"]

    def series(self, query, begin, end, step):
        """Returns the series that have at least one number: labels, and values by time."""
        found = []
        for one in self.get("query_range", query=query, start=begin, end=end, step=step)["result"]:
            values = {float(time): float(value) for time, value in one["values"] if math.isfinite(float(value))}
            if values:
                found.append((one["metric"], values))
        return found


def rules(scrape_seconds=15):
    """Returns all queries as a file of recording rules. JSON is a subset of YAML, which promtool reads."""
    expressions = [target["expr"] for _, panel in panels(json.loads(DASHBOARD.read_text())) for target in panel.get("targets", [])]
    expressions += documented().values()
    recorded = [
        {"record": f"query:{number}", "expr": substituted(expression, scrape_seconds, scrape_seconds)}
        for number, expression in enumerate(expressions)
    ]
    return json.dumps({"groups": [{"name": "queries", "rules": recorded}]}, indent=1)


if __name__ == "__main__":
    sys.stdout.write(rules())
