/** As much of PromQL as it takes to see what an expression asks for. */
import { collectDefaultMetrics, Registry } from "prom-client";
import { type Definition, getDefinition, type MetricName, metrics } from "../../cli/metrics/definitions.ts";

const registry = new Registry();
collectDefaultMetrics({ register: registry });
/** What prom-client tells of the process and of Node, and what Prometheus itself tells of a target. */
const others = new Set(["up", ...registry.getMetricsAsArray().map(({ name }) => name)]);
/** Labels that Prometheus gives each series by itself. */
const targetLabels = ["job", "instance"];

const selector = /\b(up|onsync_\w+|process_\w+|nodejs_\w+)\b(?:\{([^}]*)\})?(\[[^\]]+\])?/g;
const matcher = /(\w+)(=~|!~|!=|=)"([^"]*)"/g;

function findDefinition(name: string): { definition: Definition; isHistogramSeries: boolean } | undefined {
  const base = name.replace(/_(bucket|sum|count)$/, "");
  const found = [name, base].find((each) => each in metrics) as MetricName | undefined;
  return found && { definition: getDefinition(found), isHistogramSeries: found !== name };
}

/** @returns what is wrong with an expression, in words; nothing where all that it names is there and fits */
export function findFaults(expression: string): string[] {
  const parts = [...expression.matchAll(selector)];
  if (parts.length === 0) return ["it asks for nothing"];
  const grouping = [...expression.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(", "));
  const known = parts.flatMap(([, name = ""]) => Object.keys(findDefinition(name)?.definition.labels ?? {}));
  const unknown = grouping.filter((label) => ![...targetLabels, "le", ...known].includes(label));
  return [
    ...unknown.map((label) => `no metric in it has the label ${label}`),
    ...parts.flatMap(([, name = "", labels = "", range]) => findSelectorFaults(name, labels, range !== undefined)),
  ];
}

function findSelectorFaults(name: string, matchers: string, isRange: boolean): string[] {
  const found = findDefinition(name);
  if (!found && !others.has(name)) return [`there is no metric ${name}`];
  const { type, labels = {} }: Partial<Definition> = found?.definition ?? {};
  // A rate of what goes up and down, or the bare sum since some start, says nothing.
  const grows = type === "counter" || found?.isHistogramSeries === true;
  const faults = found && isRange && !grows ? [`${name} is no counter`] : [];
  if (type === "histogram" && !found?.isHistogramSeries) faults.push(`${name} is a histogram: ask for its buckets`);
  for (const [, label = "", operator = "", value = ""] of matchers.matchAll(matcher)) {
    const values = labels[label];
    if (targetLabels.includes(label)) continue;
    if (values === undefined) faults.push(`${name} has no label ${label}`);
    else if (Array.isArray(values)) {
      const wanted = operator.endsWith("~") ? value.split("|") : [value];
      faults.push(...wanted.filter((each) => !values.includes(each)).map((each) => `${label} is never ${each}`));
    }
  }
  return faults;
}
