/** `skills/list` and `skills/get` as requests. */
import { ProtocolError, ProtocolErrorCode, type Server } from "@modelcontextprotocol/server";
import * as z from "zod";
import type { Skills } from "../surface/skills.ts";

export const skillsExtension = "io.modelcontextprotocol/skills";

/** How long a host may keep what it was told, in milliseconds: it changes with the operator's settings. */
const cache = { ttlMs: 300_000, cacheScope: "private" } as const;

// Made once: over HTTP each request has a server of its own.
const ListParams = z.looseObject({ cursor: z.string().nullish() });
const GetParams = z.looseObject({ uri: z.string() });

export function handleSkills(server: Server, skills: Skills): void {
  server.setRequestHandler("skills/list", { params: ListParams }, ({ cursor }) => {
    if (cursor) throw new ProtocolError(ProtocolErrorCode.InvalidParams, "The list has one page: leave cursor out.");
    return { skills: skills.list(), ...cache };
  });
  server.setRequestHandler("skills/get", { params: GetParams }, ({ uri }) => {
    const skill = skills.get(uri);
    if (!skill)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, "There is no such skill: skills/list has them.");
    return { skill, ...cache };
  });
}
