/** Where an answer differs from the documented shape: its data is passed on as it came, and `onDrift` is told. */
import { toErrorDetails } from "../../api/issues.ts";
import type { ClientContext } from "../context.ts";
import { type DriftEvent, notifyHook } from "../hooks.ts";
import type { RequestTarget } from "../parse-request.ts";
import type { AnyResponse } from "../response.ts";
import { isZoneless } from "./instant.ts";
import type { Json } from "./json.ts";
import { checkValue } from "./rule.ts";

type Issue = DriftEvent["issues"][number];

export function reportDrift({ hooks, redact }: ClientContext, target: RequestTarget, response: AnyResponse): void {
  if (!hooks.onDrift) return;
  const issues = [...findSchemaIssues(target, response), ...findZonelessTimes(response.body)];
  if (issues.length === 0) return;
  notifyHook(hooks.onDrift, {
    endpoint: target.name,
    requestId: response.body.requestId,
    issues: redact.data(issues),
  });
}

function findSchemaIssues({ endpoint }: RequestTarget, { body }: AnyResponse): readonly Issue[] {
  return toErrorDetails({ issues: checkValue(endpoint.answer, body, false).findings }, body);
}

/** Times without a zone, which are read as UTC. */
function findZonelessTimes(body: Json): Issue[] {
  const issues: Issue[] = [];
  const add = (...path: PropertyKey[]) =>
    issues.push({ path, code: "missing_zone", message: "the time has no zone, and is read as UTC" });
  for (const name of ["createdAt", "timestamp", "nextBefore"]) if (isZoneless(body[name])) add(name);
  if (Array.isArray(body.data))
    body.data.forEach((item, index) => {
      if (isZoneless(item?.createdAt)) add("data", index, "createdAt");
    });
  return issues;
}
