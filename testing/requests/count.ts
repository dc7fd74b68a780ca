/** What is asked of the reference API over sockets, counted where it arrives. */
import { createReference, type Reference } from "../../reference/index.ts";
import { createOnSync, type OnSync, type OnSyncOptions } from "../../src/client/index.ts";
import { undiciTransport } from "../../src/client/transport/undici.ts";

/** Something that can be done, and what it costs at the least. */
export type Cost<Given> = {
  /** Whose cost it is, such as a tool. */
  of: string;
  /** Which case of it. */
  when?: string;
  /** The fewest requests by which any client could do the same, by docs/onsync-api.txt and docs/contract.md. */
  least: number;
  /** Why it takes more than that. */
  why?: string;
  run: (given: Given) => Promise<unknown>;
};

export type Counted = {
  reference: Reference;
  url: string;
  onsync: OnSync;
  count(work: () => unknown): Promise<number>;
};

/** @returns what `use` makes of it; it is closed then */
export async function withCounted<Result>(
  use: (counted: Counted) => Promise<Result>,
  { data, ...client }: Partial<OnSyncOptions> & { data?: string } = {},
): Promise<Result> {
  let requests = 0;
  const reference = createReference({
    ...(data !== undefined && { data }),
    rateLimit: 1_000_000,
    log: () => {
      requests++;
    },
  });
  const { url, close } = await reference.listen();
  const transport = undiciTransport();
  const onsync = createOnSync({ apiKey: reference.key, baseUrl: url, transport, ...client });
  const count = async (work: () => unknown) => {
    requests = 0;
    await work();
    return requests;
  };
  try {
    return await use({ reference, url, onsync, count });
  } finally {
    await transport.close();
    await close();
    await reference.close();
  }
}

/** What each costs, in their order: each finds the account as the ones before it left it. */
export async function countEach<Given>(
  costs: readonly Cost<Given>[],
  given: Given,
  count: Counted["count"],
): Promise<number[]> {
  const counts: number[] = [];
  for (const { run } of costs) counts.push(await count(() => run(given)));
  return counts;
}
