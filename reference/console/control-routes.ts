/** What the control API offers, for the page that tries it. */
import * as z from "zod";
import type { JsonRoute } from "../control/json-routes.ts";
import { controlRoutes } from "../control/routes/index.ts";
import type { OrgSubject } from "./subject.ts";

function describeRoutes() {
  return controlRoutes.map(({ method, path, title, input, example, takesBody = false }) => ({
    method,
    path: `/_control${path}`,
    title,
    takesBody,
    /** JSON Schema of the body, or of the query. */
    schema: input ? z.toJSONSchema(input, { io: "input", unrepresentable: "any" }) : null,
    example: example ?? null,
  }));
}

export const controlPageRoutes: readonly JsonRoute<OrgSubject>[] = [
  { method: "GET", path: "/control", run: () => ({ data: describeRoutes() }) },
];
