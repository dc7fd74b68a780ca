/**
 * A send ledger of our own, written from what `src/client/ledger/ledger.ts` says alone: the client's laws must not hold only
 * because its own engine is lenient. It stands for a store that outlives every process.
 */
import type { ClaimResult, LedgerEntry, LedgerKey, SendLedger } from "../../src/client/ledger/ledger.ts";
import type { Random } from "./random.ts";
import type { MachineClock } from "./virtual-time.ts";

const keepMs = 30 * 24 * 3_600_000;

export function createPlainLedger(clock: MachineClock, random: Random): SendLedger {
  type Row = { entry: LedgerEntry; claimedMs: number; leaseMs: number };
  const rows = new Map<string, Row>();
  const notes = new Map<string, { value: string; until: number }>();
  const admitted = new Map<string, { ticket: string; at: number }[]>();
  let count = 0;
  const name = (key: LedgerKey) => JSON.stringify([key.scope, key.reference]);
  const iso = () => new Date(clock.now()).toISOString();

  const read = (row: Row | undefined): LedgerEntry | null => {
    if (row === undefined) return null;
    const ageMs = clock.monotonic() - row.claimedMs;
    const { state } = row.entry;
    if (ageMs > keepMs) return null;
    return { ...row.entry, ageMs, state: state === "claimed" && ageMs >= row.leaseMs ? "unknown" : state };
  };
  const find = (key: LedgerKey) => read(rows.get(name(key)));
  const claim = (
    message: Parameters<SendLedger["claim"]>[0],
    options: Parameters<SendLedger["claim"]>[1],
  ): ClaimResult => {
    const present = find(message);
    const free =
      present === null ||
      present.state === "not_sent" ||
      (present.state === "unknown" && options.replaces !== undefined && options.replaces === present.claimId);
    if (!free) return { granted: false, entry: present };
    count += 1;
    const entry: LedgerEntry = {
      scope: message.scope,
      reference: message.reference,
      fingerprint: message.fingerprint,
      platform: message.platform,
      to: message.to,
      messageType: message.messageType,
      id: present?.id ?? `send_${count}`,
      claimId: random.uuid(),
      state: "claimed",
      conversationId: null,
      messageId: null,
      sentAt: null,
      reason: null,
      requestId: null,
      claimedAt: iso(),
      updatedAt: iso(),
      leaseMs: options.leaseMs,
      ageMs: 0,
    };
    rows.set(name(message), { entry, claimedMs: clock.monotonic(), leaseMs: options.leaseMs });
    return { granted: true, entry: { ...entry } };
  };

  return {
    durable: true,
    claim: async (message, options) => claim(message, options),
    async record(key, outcome, claimId) {
      const row = rows.get(name(key));
      if (row === undefined) return null;
      const mine = claimId !== undefined && claimId === row.entry.claimId;
      if (row.entry.state !== "sent" && (outcome.state === "sent" || mine)) {
        row.entry = {
          ...row.entry,
          state: outcome.state,
          ...(outcome.state === "sent"
            ? {
                messageId: outcome.messageId,
                conversationId: outcome.conversationId,
                sentAt: outcome.sentAt,
                reason: null,
              }
            : { reason: outcome.reason }),
          requestId: outcome.requestId ?? null,
          updatedAt: iso(),
        };
      }
      return read(row);
    },
    find: async (key) => find(key),
    get: async (id) => read([...rows.values()].find((row) => row.entry.id === id)),
    list: async (query) =>
      [...rows.values()]
        .map(read)
        .filter((entry) => entry !== null && (query?.states?.includes(entry.state) ?? true))
        .slice(0, query?.limit) as LedgerEntry[],
    async note(key) {
      const found = notes.get(key);
      return found !== undefined && found.until > clock.monotonic() ? found.value : null;
    },
    async setNote(key, value, { ttlMs, ifAbsent }) {
      const found = notes.get(key);
      if (ifAbsent && found !== undefined && found.until > clock.monotonic()) return false;
      notes.set(key, { value, until: clock.monotonic() + ttlMs });
      return true;
    },
    async admit(key, limits) {
      const list = admitted.get(key) ?? [];
      for (const { limit, windowMs } of limits) {
        const inWindow = list.filter(({ at }) => at > clock.monotonic() - windowMs);
        if (inWindow.length >= limit) return { admitted: false, limit, windowMs, waitMs: windowMs };
      }
      const ticket = random.uuid();
      admitted.set(key, [...list, { ticket, at: clock.monotonic() }]);
      return { admitted: true, ticket };
    },
    async release(key, ticket) {
      admitted.set(
        key,
        (admitted.get(key) ?? []).filter((one) => one.ticket !== ticket),
      );
    },
    close: async () => {},
  };
}
