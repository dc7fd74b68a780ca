/** A server's address as a way in: what is sent there, and what must be said of all that comes back. */

import type fc from "fast-check";
import type { Entry, OpenEntry } from "../entry.ts";
import { type Canary, findLeaks } from "../judge.ts";
import { exchange, splitAnswers } from "./exchange.ts";
import { breakRequests, type HttpInput } from "./requests.ts";
import { type FuzzedServer, maxLogLineBytes } from "./server-process.ts";

export type OpenDoor = {
  server: FuzzedServer;
  /** Starts the server anew, after it has ended. */
  restart(): Promise<FuzzedServer>;
  port(server: FuzzedServer): number;
  requests: fc.Arbitrary<HttpInput>;
  /** Header lines that let a request in. */
  credentials: readonly string[];
  /** What must not be shown to who knocks here. */
  canaries: readonly Canary[];
  /** What else is wrong with an answer's body. */
  judgeBody?(body: string): string[];
  /** What a stream is asked for with: who has hung up before it begins gets none. */
  streams?: RegExp;
  /** A request that is answered 200 as long as the server is well. */
  health: string;
  close(): Promise<void>;
};

export function createDoor(name: string, share: number, open: () => Promise<OpenDoor>): Entry<HttpInput> {
  return {
    name,
    share,
    open: async () => {
      const door = await open();
      return openDoor(name, door);
    },
  };
}

function openDoor(name: string, door: OpenDoor): OpenEntry<HttpInput> {
  let { server } = door;
  let lately: string[] = [];
  const told = new Set<string>();
  const tryInput = async (input: HttpInput): Promise<string[]> => {
    // A line of the log may come after the answer.
    lately = [...lately.slice(-20), withoutCredentials(input.bytes, door)];
    const { received, ended } = await exchange(door.port(server), input.bytes, input);
    const answered =
      ended === "no answer in time" ? ["it is not answered within a minute"] : judge(door, input, received, told);
    // The end of a process is noticed a moment after its connections break.
    if (ended === "refused") await new Promise((resolve) => setTimeout(resolve, 100));
    const end = server.findEnd();
    if (end === undefined) return [...answered, ...judgeLog(door, lately, server.takeLog())];
    const log = server.takeLog().slice(-15).join("\n");
    server = await door.restart();
    return [`${end}: ${log}`];
  };
  return {
    kinds: { schema: door.requests, bytes: breakRequests(door.requests) },
    try: tryInput,
    close: async () => {
      const { received } = await exchange(door.port(server), door.health, { ends: false });
      const [answer] = splitAnswers(received);
      const peak = server.readPeakMemory();
      const log = judgeLog(door, lately, server.takeLog());
      await door.close();
      await server.stop();
      return {
        harms: [
          ...(answer?.status === 200 ? [] : [`${name} is not well at the end: ${received.slice(0, 300)}`]),
          ...log,
        ],
        figures: peak === undefined ? "" : `${peak} MiB at most`,
      };
    },
  };
}

/** What came from outside and may be said again: all of it but what lets a request in. */
function withoutCredentials(bytes: string, { credentials }: OpenDoor): string {
  return credentials.reduce((rest, line) => rest.replaceAll(line, ""), bytes);
}

function judge(door: OpenDoor, { bytes }: HttpInput, received: string, told: Set<string>): string[] {
  const answers = splitAnswers(received);
  const failed = answers.filter(({ status }) => !(status >= 100 && status < 500));
  const given = withoutCredentials(bytes, door);
  // White space in front of a request is none.
  const isBegun = bytes.replace(/^[\r\n]+/, "") !== "" && !door.streams?.test(bytes);
  return [
    ...failed.map(({ status, body }) => `it is answered ${status}: ${body.slice(0, 300)}`),
    ...(answers.length === 0 && isBegun ? ["it is not answered"] : []),
    ...findLeaks(received, given, door.canaries, told),
    ...answers.flatMap(({ body }) => door.judgeBody?.(body) ?? []),
  ];
}

/** @param given what came from outside lately */
function judgeLog(door: OpenDoor, given: readonly string[], lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const length = Buffer.byteLength(line);
    const shows = (form: string): boolean => line.includes(form) && !given.some((each) => each.includes(form));
    return [
      ...(length > maxLogLineBytes ? [`a line of its log has ${length} bytes: ${line.slice(0, 200)}`] : []),
      ...door.canaries.filter(({ forms }) => forms.some(shows)).map((canary) => `its log shows ${canary.name}`),
    ];
  });
}
