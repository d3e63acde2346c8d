"""The queries of the dashboard and of docs/metrics.md, as Grafana would send them, and Prometheus, which answers them."""

import json
import math
import pathlib
import re
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
DASHBOARD = ROOT / "deploy/grafana/dashboards/image-processor.json"


def panels(dashboard):
    """Every panel with the title of its row; those of collapsed rows too, each moved down to where it is once its row is open."""
    row, moved = "", 0
    for panel in dashboard["panels"]:
        panel["gridPos"]["y"] += moved
        if panel["type"] != "row":
            yield row, panel
            continue
        row = panel["title"]
        yield row, panel
        for inner in panel["panels"]:
            inner["gridPos"]["y"] += moved
            yield row, inner
        if panel["panels"]:
            moved += max(inner["gridPos"]["h"] for inner in panel["panels"])


def substituted(expression, scrape_seconds, step_seconds):
    """What Grafana makes of an expression of which all replicas are chosen."""
    # https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables: the step and a scrape, four scrapes at least.
    rate_interval = max(step_seconds + scrape_seconds, 4 * scrape_seconds)
    expression = expression.replace("$__rate_interval", f"{rate_interval}s").replace("$instance", ".*")
    if "$" in expression:
        raise ValueError(f"a variable that this check does not know: {expression}")
    return expression


def documented():
    """The queries of docs/metrics.md by what is written above them."""
    block = re.search(r"```promql\n(.*?)```", (ROOT / "docs/metrics.md").read_text(), re.DOTALL)
    return {title: query for title, query in re.findall(r"# (.*)\n(.+)", block.group(1))}


class Prometheus:
    def __init__(self, url):
        self.url = url

    def get(self, path, **parameters):
        """The data of an answer. Raises urllib.error.HTTPError if Prometheus refuses."""
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}", timeout=30) as answer:
            return json.load(answer)["data"]

    def series(self, query, begin, end, step):
        """The series that have at least one number, each with its labels and its values by time."""
        found = []
        for one in self.get("query_range", query=query, start=begin, end=end, step=step)["result"]:
            values = {float(time): float(value) for time, value in one["values"] if math.isfinite(float(value))}
            if values:
                found.append((one["metric"], values))
        return found
