import { ValidationError } from "./api-errors.ts";

/** An option, of the client's or of a call, that cannot be used: said before any request, without its value. */
export function createOptionError(name: string, message: string): ValidationError {
  return new ValidationError(`${name} ${message}`, {
    status: 400,
    code: "validation_failed",
    method: "",
    path: "",
    details: [{ path: [name], code: "custom", message }],
  });
}
