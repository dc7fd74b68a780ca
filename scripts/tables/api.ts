/** The events and the extensions of the API, for docs/events.md and docs/contract.md. */
import { type ExtensionName, endpoints, events, nameEndpoint } from "../../src/api/index.ts";
import { code, table } from "./markdown.ts";

export function eventTable(): string {
  return table(
    ["event", "when", "in Zapier"],
    Object.values(events).map(({ type, title, description }) => [
      code(type),
      description.replace(/^Triggers when /, "").replace(/\.$/, ""),
      title,
    ]),
  );
}

export function extensionTable(): string {
  const names = (Object.keys(endpoints) as (keyof typeof endpoints)[]).filter(
    (name): name is ExtensionName => "extension" in endpoints[name],
  );
  return table(
    ["extension", "is", "without it"],
    names.map((name) => {
      const { what, withoutIt } = endpoints[name].extension;
      return [code(nameEndpoint(name)), what, withoutIt.replace(/\.$/, "")];
    }),
  );
}
