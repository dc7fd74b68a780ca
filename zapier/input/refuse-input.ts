/** What the fields of a form hold and no operation can take. */
import { ValidationError } from "../../src/client/index.ts";

/** @throws ValidationError that names the field by its label */
export function refuseInput(key: string, message: string): never {
  const details = [{ path: [key], code: "custom", message }];
  throw new ValidationError(`${key}: ${message}`, {
    status: 400,
    code: "validation_failed",
    method: "call",
    path: "input",
    details,
  });
}
