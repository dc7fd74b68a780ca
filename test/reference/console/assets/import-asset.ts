/** The console's own modules, as far as they work without a page. */
const assets = new URL("../../../../reference/console/assets/", import.meta.url);

/** @param path below `reference/console/assets` */
export async function importAsset<Module>(path: string): Promise<Module> {
  return (await import(new URL(path, assets).href)) as Module;
}
