import { samples } from "../../../src/api/index.ts";
import { ExtensionUnavailableError } from "../../../src/client/errors/index.ts";
import { createMemoryLedger, type SendLedger, type SendOptions } from "../../../src/client/index.ts";
import { envelope, scripted } from "../session.ts";

export const text = { platform: "whatsapp", to: "+971500000000", content: "Hi" };

export function ledgerAt(now: () => number): SendLedger {
  return createMemoryLedger({ clock: { now, sleep: async () => {} } });
}

export type Sent = { input: Record<string, unknown>; options: SendOptions | undefined };

/** An OnSync that counts sends; `fail` makes the next ones fail. */
export function phone() {
  const sent: Sent[] = [];
  const fail: Error[] = [];
  const onsync = scripted({
    messages: {
      send: async (input, options) => {
        const error = fail.shift();
        if (error) throw error;
        sent.push({ input, options });
        return { ...samples.sentMessage, ...envelope };
      },
    },
    templates: {
      list: async () => {
        throw new ExtensionUnavailableError("none", { extension: "GET /templates" });
      },
    },
  });
  return { onsync, sent, fail };
}
