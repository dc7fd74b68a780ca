/** The console's modules that need no page, as a test takes them: they are JavaScript, and have no types of their own. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const assets = join(import.meta.dirname, "../../../../reference/console/assets");

/** @param path below the console's assets */
export async function load<Module>(path: string): Promise<Module> {
  return (await import(pathToFileURL(join(assets, path)).href)) as Module;
}
