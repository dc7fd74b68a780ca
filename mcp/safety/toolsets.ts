/** The toolsets an operator chose (`--toolsets`), of which each operation names its own. */
import { type Toolset, toolsets } from "../../src/operations/toolsets.ts";

/** @throws Error that names the sets there are */
export function checkToolsets(names: readonly string[]): ReadonlySet<Toolset> {
  const unknown = names.filter((name) => !(toolsets as readonly string[]).includes(name));
  if (unknown.length > 0 || names.length === 0)
    throw new Error(`there is no toolset ${JSON.stringify(unknown[0] ?? "")}; choose from ${toolsets.join(", ")}`);
  return new Set(names as readonly Toolset[]);
}
