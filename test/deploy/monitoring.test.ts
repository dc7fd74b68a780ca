/** The dashboard and the alerts of deploy/: what they ask for is there, and Grafana and Prometheus can read them. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { type MetricName, metrics } from "../../cli/metrics/definitions.ts";
import { folder } from "./deployments.ts";
import { findFaults } from "./promql.ts";

type Target = { refId: string; expr: string; datasource: object };
type Panel = {
  id: number;
  type: string;
  title: string;
  datasource?: object;
  targets?: Target[];
  gridPos: { x: number; y: number; w: number; h: number };
};
type Rule = { alert: string; expr: string; labels: object; annotations: { summary: string; description: string } };

/** As Grafana writes the variable of that name. */
const variable = "$".concat("{datasource}");

const text = readFileSync(join(folder, "grafana/onsync.json"), "utf8");
const dashboard = JSON.parse(text) as {
  uid: string;
  title: string;
  id?: unknown;
  schemaVersion: number;
  templating: { list: object[] };
  panels: Panel[];
};
const { groups } = parse(readFileSync(join(folder, "prometheus/alerts.yaml"), "utf8")) as {
  groups: { name: string; rules: Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);
const asking = dashboard.panels.flatMap((panel) =>
  (panel.targets ?? []).map((target) => [`${panel.title}: ${target.expr}`, target] as const),
);

describe("the dashboard", () => {
  test("has an address of its own, and nothing of the Grafana that it was made on", () => {
    expect(dashboard.uid).toMatch(/^[a-zA-Z0-9_-]{1,40}$/);
    expect([typeof dashboard.title, dashboard.id]).toEqual(["string", undefined]);
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36);
    const sources = [...text.matchAll(/"uid": "([^"]+)"/g)].map(([, uid]) => uid);
    expect(new Set(sources)).toEqual(new Set([dashboard.uid, variable]));
  });

  test("asks which Prometheus it is to read", () => {
    expect(dashboard.templating.list).toEqual([
      expect.objectContaining({ name: "datasource", type: "datasource", query: "prometheus" }),
    ]);
    const datasource = { type: "prometheus", uid: variable };
    for (const panel of dashboard.panels.filter(({ type }) => type !== "row"))
      expect([panel.datasource, ...(panel.targets ?? []).map((target) => target.datasource)]).toEqual(
        [0, ...(panel.targets ?? [])].map(() => datasource),
      );
  });

  test("has panels with ids of their own, side by side, of which none lies on another", () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, n) => `${x + (n % w)} ${y + Math.floor(n / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
    for (const { targets = [] } of dashboard.panels)
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
  });

  test.each(asking)("%s asks for what there is", (_what, { expr }) => {
    expect(findFaults(expr)).toEqual([]);
  });

  test("shows each metric, but the timestamp that an alert alone needs", () => {
    const shown = (Object.keys(metrics) as MetricName[]).filter((name) =>
      asking.some(([, { expr }]) => new RegExp(`\\b${name}(_bucket)?\\b`).test(expr)),
    );
    expect(
      Object.keys(metrics)
        .filter((name) => !shown.includes(name as MetricName))
        .sort(),
    ).toEqual(["onsync_api_budget_reset_timestamp_seconds", "onsync_events_accepted_total"]);
  });
});

describe("the alerts", () => {
  test.each(rules.map((rule) => [rule.alert, rule] as const))(
    "%s asks for what there is, and says what to do",
    (_name, rule) => {
      expect(findFaults(rule.expr)).toEqual([]);
      expect(rule.labels).toEqual({ severity: expect.stringMatching(/^(warning|critical)$/) });
      for (const sentence of [rule.annotations.summary, rule.annotations.description])
        expect(sentence).toMatch(/[.}]$/);
    },
  );

  test("have names of their own: lag, dead letters, a budget that is low, wrong signatures, a server that is down and more", () => {
    const names = rules.map(({ alert }) => alert);
    expect(new Set(names).size).toBe(names.length);
    for (const wanted of ["Lag", "DeadLetters", "BudgetLow", "SignaturesRefused", "Down"])
      expect(names).toContain(`Onsync${wanted}`);
  });

  const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;
  if (!hasPromtool)
    process.stderr.write(
      "test/deploy/monitoring.test.ts skipped, in part: there is no promtool (Debian: prometheus)\n",
    );
  (hasPromtool ? test : test.skip)(
    "each is raised by its trouble, and none by a day without, as Prometheus's own tool has it",
    () => {
      const scenes = join(import.meta.dirname, "alerts.promtool.yaml");
      const { status, stdout, stderr } = spawnSync("promtool", ["test", "rules", scenes], { encoding: "utf8" });
      expect([status, stderr, stdout]).toEqual([0, "", expect.stringContaining("SUCCESS")]);
    },
  );

  test("each has a scene in which Prometheus's own tool sees it raised", () => {
    const scenes = readFileSync(join(import.meta.dirname, "alerts.promtool.yaml"), "utf8");
    for (const { alert } of rules) expect(scenes).toContain(`{alertname="${alert}"}', value: 1 }`);
  });
});

test.each([
  ["rate(onsync_event_total[5m])", "there is no metric onsync_event_total"],
  ['increase(onsync_deliveries_refused_total{reason="bad"}[5m])', "reason is never bad"],
  ['onsync_deliveries_refused_total{why="signature"}', "onsync_deliveries_refused_total has no label why"],
  ["rate(onsync_events_waiting[5m])", "onsync_events_waiting is no counter"],
  ["avg(onsync_hand_on_latency_seconds)", "onsync_hand_on_latency_seconds is a histogram: ask for its buckets"],
  ["sum by (tool) (onsync_events_waiting)", "no metric in it has the label tool"],
  ["1 > 0", "it asks for nothing"],
])("a wrong question is noticed: %s", (expression, fault) => {
  expect(findFaults(expression)).toEqual([fault]);
});
