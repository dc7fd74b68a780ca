/** The metrics, for docs/metrics.md. */
import { type CommandName, commands, getDefinition, type MetricName, metrics } from "../../cli/metrics/definitions.ts";
import { formatCode, formatTable } from "./markdown.ts";

const commandNames: Record<CommandName, string> = {
  listen: "`listen`",
  start: "`start`",
  mcp: "`mcp`",
  work: "`work`",
};

export function createMetricsTable(): string {
  return formatTable(
    ["metric", "kind", "what it says", "labels", "of"],
    (Object.keys(metrics) as MetricName[]).map((name) => {
      const { type, help, labels = {}, commands: of, from } = getDefinition(name);
      return [
        formatCode(name),
        from === undefined ? type : `${type}, kept`,
        help.replace(/\.$/, ""),
        Object.entries(labels).map(describeLabel).join("; "),
        commands
          .filter((command) => of.includes(command))
          .map((command) => commandNames[command])
          .join(", "),
      ];
    }),
  );
}

type Labels = NonNullable<ReturnType<typeof getDefinition>["labels"]>;

function describeLabel([label, values]: [string, Labels[string]]): string {
  if ("max" in values) return `${formatCode(label)}: ${values.what}`;
  if (label === "endpoint") return `${formatCode(label)}: the endpoints, as the client names them`;
  if (label === "status") return `${formatCode(label)}: the status, \`none\` without an answer, \`other\``;
  return `${formatCode(label)}: ${values.map(formatCode).join(", ")}`;
}
