/** Whether a store keeps what it is given, for `/readyz`: it is written to, as a delivery would. */
import type { EventStore } from "./store.ts";

const settingName = "readyz";

export function createStoreCheck(store: Pick<EventStore, "setting" | "swapSetting">) {
  return {
    problem: "cannot be written to",
    // Where another receiver is faster, it was written to as well.
    ask: async (): Promise<unknown> =>
      store.swapSetting(settingName, await store.setting(settingName), `${Date.now()}`),
  };
}
