/** Which OAuth scopes a message needs: those of OnSync's keys, by the same names. */
import type { Scope } from "../../../src/api/index.ts";
import { findOperation, type Operation } from "../../../src/operations/index.ts";
import { getParams, isObject } from "../message.ts";

const reading: readonly Scope[] = ["read:contacts", "read:messages"];

/** What any member may ask: who the server is, and what it has. */
const free =
  /^(?:initialize|ping|server\/discover|logging\/setLevel|notifications\/.*|(?:tools|prompts|resources|resources\/templates|events|skills)\/list)$/;

function listScopes({ scope, alsoNeeds }: Operation): Scope[] {
  return [scope, alsoNeeds].filter((each) => each != null);
}

function getEventScope(type: unknown): readonly Scope[] {
  if (typeof type !== "string") return reading;
  return type.startsWith("contact.") ? ["read:contacts"] : ["read:messages"];
}

/** What a tool needs, with these arguments or with any. */
export function findToolScopes(name: unknown, args?: unknown): readonly Scope[] {
  if (name === "wait_for_events") {
    const types = isObject(args) && Array.isArray(args.types) ? args.types : [undefined];
    return types.flatMap(getEventScope);
  }
  const operation = findOperation(String(name));
  // A tool that is no operation has to do with sending, or is not there.
  return operation ? listScopes(operation) : ["write:messages"];
}

function findResourceScopes(uri: unknown): readonly Scope[] {
  if (typeof uri !== "string") return reading;
  if (uri.startsWith("onsync://contacts/")) return ["read:contacts"];
  if (uri.startsWith("onsync://conversations/")) return ["read:messages"];
  return uri.startsWith("onsync://guide/") || uri.startsWith("ui://") ? [] : reading;
}

/** A batch needs what its messages need. What is not known here needs all that reads need. */
export function findNeededScopes(message: unknown): Scope[] {
  if (Array.isArray(message)) return [...new Set(message.flatMap(findNeededScopes))];
  if (!isObject(message) || typeof message.method !== "string" || free.test(message.method)) return [];
  const params = getParams(message);
  if (message.method === "tools/call") return [...findToolScopes(params.name, params.arguments)];
  if (message.method.startsWith("resources/")) return [...findResourceScopes(params.uri)];
  if (message.method.startsWith("events/")) return [...getEventScope(params.name)];
  return [...reading];
}
