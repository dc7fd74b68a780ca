/** The events and the extensions of the API, for docs/events.md and docs/contract.md. */
import { type ExtensionName, endpoints, events, nameEndpoint } from "../../src/api/index.ts";
import { formatCode, formatTable } from "./markdown.ts";

export function createEventTable(): string {
  return formatTable(
    ["event", "when", "in Zapier"],
    Object.values(events).map(({ type, title, description }) => [
      formatCode(type),
      description.replace(/^Triggers when /, "").replace(/\.$/, ""),
      title,
    ]),
  );
}

export function createExtensionTable(): string {
  const names = (Object.keys(endpoints) as (keyof typeof endpoints)[]).filter(
    (name): name is ExtensionName => "extension" in endpoints[name],
  );
  return formatTable(
    ["extension", "is", "without it"],
    names.map((name) => {
      const { what, withoutIt } = endpoints[name].extension;
      return [formatCode(nameEndpoint(name)), what, withoutIt.replace(/\.$/, "")];
    }),
  );
}
