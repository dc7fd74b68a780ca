/** A route of the control API, and what a person is told of it. */
import type * as z from "zod";
import type { Control } from "../control.ts";
import type { JsonRoute } from "../json-routes.ts";

export type ControlRoute = JsonRoute<Control> & {
  title: string;
  /** What its body is held to, or its query where it takes no body. */
  input?: z.ZodType;
  /** A body that it takes. */
  example?: object;
};
