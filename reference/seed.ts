import type { World } from "./world.ts";
export const seedDemo = (_world: World, _orgId: string): void => {};
